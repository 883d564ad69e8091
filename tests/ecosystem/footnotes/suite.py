"""wagtail-footnotes: a paragraph holds the mark of a footnote, whose text stands in a row of the page."""

import uuid

import pytest
from wagtail.models import Page
from wagtail_footnotes.models import Footnote

from tests.ecosystem.footnotes.models import EssayPage
from tests.ecosystem.truth import assert_index_tells_the_truth, found

pytestmark = pytest.mark.django_db(transaction=True)

NAME = uuid.uuid4()


@pytest.fixture
def page(home, build_index):
    mark = f'<footnote id="{NAME}">[{str(NAME)[:6]}]</footnote>'
    page = EssayPage(
        title="Bicycles", slug="bicycles", body=[("paragraph", f"<p>The shed is locked{mark} by nine.</p>")]
    )
    page.footnotes = [Footnote(uuid=NAME, text="<p>Says the caretaker.</p>", locale=home.locale)]
    home.add_child(instance=page)
    build_index()
    return page


def test_the_mark_is_no_part_of_the_text(page):
    (result,) = Page.objects.search("locked", backend="keyword")
    assert "The shed is locked by nine." in result.search_passage.text
    assert found(str(NAME)[:6]) == []


def test_the_text_of_a_footnote_is_found_where_the_page_class_names_it(page):
    assert found("caretaker") == [page.pk]
    assert_index_tells_the_truth()


def test_a_footnote_that_is_saved_or_deleted_by_itself_is_followed(page):
    footnote = Footnote.objects.get()
    footnote.text = "<p>Says the porter.</p>"
    footnote.save()
    assert found("porter") == [page.pk]
    assert found("caretaker") == []
    footnote.delete()
    assert found("porter") == []
    assert_index_tells_the_truth()
