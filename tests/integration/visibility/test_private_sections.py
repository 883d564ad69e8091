"""Pages with a view restriction, on themselves or on a page above, are not in the index unless settings say so."""

import pytest
from wagtail.models import Page, PageViewRestriction

from tests.integration.indexing.contents import counted_frequencies, document_frequencies, is_stored, state_of, terms_of
from wagtail_vector_search.models import Embedding256, Generation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def section(make_article):
    return make_article("Boats", introduction="All about boats.")


@pytest.fixture
def page(make_article, section):
    return make_article("Sailing", introduction="The boat crosses the sea.", parent=section)


@pytest.fixture
def _built(page, build_index):
    build_index()


def restrict(page, kind="login"):
    return PageViewRestriction.objects.create(page=Page.objects.get(pk=page.pk), restriction_type=kind)


@pytest.mark.usefixtures("_built")
@pytest.mark.parametrize("kind", ["login", "password", "groups"])
def test_a_section_that_becomes_private_is_gone_with_the_commit(section, page, kind, no_worker):
    restrict(section, kind)
    assert not is_stored(section)
    assert not is_stored(page)
    assert state_of(page).skip_reason == "private"
    assert document_frequencies() == counted_frequencies()


@pytest.mark.usefixtures("_built")
def test_pages_beside_a_private_section_stay(section, make_article):
    other = make_article("Bread", introduction="Baked from flour.")
    restrict(section)
    assert is_stored(other)


@pytest.mark.usefixtures("_built")
def test_a_section_that_becomes_public_comes_back(section, page):
    restriction = restrict(section)
    restriction.delete()
    assert is_stored(section)
    assert "boat" in terms_of(page)


@pytest.mark.usefixtures("_built")
def test_a_page_under_two_restrictions_stays_out_until_both_are_gone(section, page):
    outer, inner = restrict(section), restrict(page)
    outer.delete()
    assert is_stored(section)
    assert not is_stored(page)
    inner.delete()
    assert is_stored(page)


@pytest.mark.usefixtures("_built")
def test_publishing_in_a_private_section_stores_and_sends_nothing(section, make_article, provider):
    restrict(section)
    provider.reset()
    page = make_article("Secret", introduction="The treasure lies here.", parent=section)
    page.save_revision().publish()
    assert not is_stored(page)
    assert provider.calls == 0
    assert state_of(page).skip_reason == "private"


@pytest.mark.usefixtures("_built")
def test_a_page_moved_into_a_private_section_is_gone(section, page, make_article):
    vault = make_article("Vault")
    restrict(vault)
    Page.objects.get(pk=section.pk).move(Page.objects.get(pk=vault.pk), pos="last-child")
    assert not is_stored(section)
    assert not is_stored(page)


@pytest.mark.usefixtures("_built")
def test_a_page_moved_out_of_a_private_section_comes_back_with_all_below(section, page, make_article, home):
    child = make_article("Sheets", introduction="Ropes on a boat.", parent=page)
    restrict(section)
    assert not is_stored(child)
    Page.objects.get(pk=page.pk).move(Page.objects.get(pk=home.pk), pos="last-child")
    assert is_stored(page)
    assert is_stored(child)
    assert not is_stored(section)


@pytest.mark.usefixtures("_built")
def test_moving_a_page_between_public_sections_keeps_its_rows(section, page, make_article, provider):
    other = make_article("Water")
    before = list(Embedding256.objects.filter(page=page.pk).values_list("pk", flat=True))
    provider.reset()
    Page.objects.get(pk=page.pk).move(Page.objects.get(pk=other.pk), pos="last-child")
    assert list(Embedding256.objects.filter(page=page.pk).values_list("pk", flat=True)) == before
    assert provider.calls == 0


def test_pages_that_are_private_already_are_not_sent_to_the_provider(section, page, build_index, provider):
    restrict(section)
    build_index()
    assert not is_stored(page)
    assert not any("boat" in text for text in provider.texts)
    assert state_of(page).skip_reason == "private"


def test_settings_can_ask_for_private_pages(section, page, build_index, configure):
    restrict(section)
    configure(PRIVATE_PAGES=True)
    build_index()
    assert is_stored(page)
    restrict(page)
    assert is_stored(page)


def test_two_indexes_may_differ_about_private_pages(section, page, build_index, settings):
    index = settings.WAGTAIL_VECTOR_SEARCH["default"]
    settings.WAGTAIL_VECTOR_SEARCH = {"default": index, "staff": {**index, "PRIVATE_PAGES": True}}
    build_index("default")
    build_index("staff")
    restrict(section)
    kept = Embedding256.objects.filter(page=page.pk).values_list("generation__index_name", flat=True)
    assert set(kept) == {"staff"}


def test_a_restriction_set_without_a_signal_is_found_by_the_next_update(section, page, build_index):
    build_index()
    PageViewRestriction.objects.bulk_create([PageViewRestriction(page_id=section.pk, restriction_type="login")])
    assert is_stored(page)
    assert build_index().removed == 2
    assert not is_stored(page)


def test_pages_are_taken_out_once_settings_stop_asking_for_private_ones(section, page, build_index, configure):
    restrict(section)
    configure(PRIVATE_PAGES=True)
    build_index()
    configure(PRIVATE_PAGES=False)
    assert build_index().removed == 2
    assert not is_stored(page)
    assert Generation.objects.count() == 1
