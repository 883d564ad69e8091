"""wagtail-personalisation: a variant is a live page of its own, whose address is an error."""

import pytest
from django.core.management import call_command
from wagtail_personalisation.models import Segment

from tests.ecosystem.personalisation.models import NoticePage
from tests.ecosystem.truth import assert_index_tells_the_truth, found
from wagtail_vector_search import related_pages

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def notice(home, build_index):
    home.add_child(instance=NoticePage(title="Canteen", slug="canteen", text="Soup and bread for visitors."))
    notice = home.add_child(instance=NoticePage(title="Bicycle parking", slug="bikes", text="Ask the caretaker."))
    build_index()
    return notice


@pytest.fixture
def variant(notice):
    variant = notice.personalisation_metadata.copy_for_segment(Segment.objects.create(name="Staff"))
    variant.text = "Ask the porter."
    variant.save_revision().publish()
    return NoticePage.objects.get(pk=variant.pk)


def test_the_address_of_a_published_variant_is_an_error(client, variant):
    assert variant.live
    assert client.get(variant.url).status_code == 404


def test_a_variant_that_its_class_keeps_out_of_search_is_found_by_nothing(notice, variant):
    assert found("porter") == []
    assert found("caretaker") == [notice.pk]
    assert variant.pk not in [page.pk for page in related_pages(notice)]
    call_command("update_vector_index", quiet=True)
    assert found("porter") == []
    assert_index_tells_the_truth()


def test_a_page_with_variants_is_found_as_before(notice, variant):
    notice.text = "Ask the janitor."
    notice.save_revision().publish()
    assert found("janitor") == [notice.pk]
    assert_index_tells_the_truth()
