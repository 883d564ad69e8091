"""Pages like a page."""

import pytest
from wagtail.models import Locale, Page, PageViewRestriction

from tests.kept import kept
from tests.testapp.models import ArticlePage
from wagtail_vector_search.models import Embedding256, Generation
from wagtail_vector_search.retrieval import related_pages

pytestmark = pytest.mark.django_db

TEXTS = {
    "Sailing": "The boat sails across the open sea in a strong wind.",
    "Harbour": "A boat rests in the harbour while the sea is rough.",
    "Fishing": "A fishing boat goes out to sea before dawn.",
    "Bread": "Flour, water and salt become bread in a hot oven.",
    "Cake": "Flour, sugar and butter become a cake in the oven.",
}


@pytest.fixture
@kept
def pages(make_article):
    return {title: make_article(title, text) for title, text in TEXTS.items()}


@pytest.fixture
def indexed(pages, build_index):
    build_index()
    return pages


def titles(page, **options):
    return [related.title for related in related_pages(page, **options)]


def test_the_nearest_come_first_and_never_the_page_itself(indexed):
    related = titles(indexed["Sailing"], limit=10)
    assert set(related[:2]) == {"Harbour", "Fishing"}
    assert "Sailing" not in related
    assert titles(indexed["Cake"])[0] == "Bread"


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_as_many_related_pages_come_back_as_were_asked_for(indexed, limit):
    assert len(related_pages(indexed["Sailing"], limit=limit)) == limit


def test_a_limit_of_nothing_returns_nothing(indexed):
    assert related_pages(indexed["Sailing"], limit=0) == []


def test_related_pages_carry_their_similarity(indexed):
    scores = [page.search_score for page in related_pages(indexed["Sailing"])]
    assert scores == sorted(scores, reverse=True)
    assert -1 <= min(scores) <= max(scores) <= 1.0001


def test_related_pages_call_no_provider(indexed, provider):
    provider.reset()
    related_pages(indexed["Sailing"])
    assert provider.calls == 0


def test_related_pages_cost_at_most_five_statements(indexed, statements):
    with statements() as captured:
        related_pages(indexed["Sailing"])
    assert captured.count <= 5


def test_a_queryset_narrows_related_pages(indexed):
    others = ArticlePage.objects.exclude(title="Harbour")
    assert titles(indexed["Sailing"], queryset=others)[0] == "Fishing"
    assert {type(page) for page in related_pages(indexed["Sailing"], queryset=others)} == {ArticlePage}


def test_a_queryset_of_specific_pages_returns_specific_pages(indexed):
    assert type(related_pages(indexed["Sailing"], queryset=Page.objects.specific())[0]) is ArticlePage


@pytest.mark.parametrize("hiding", ["draft", "restricted", "alias", "locale"])
def test_related_pages_leave_out_what_a_visitor_may_not_see(indexed, hiding):
    harbour = Page.objects.filter(pk=indexed["Harbour"].pk)
    if hiding == "draft":
        harbour.update(live=False)
    elif hiding == "restricted":
        PageViewRestriction.objects.create(page=harbour.get(), restriction_type="login")
    elif hiding == "alias":
        harbour.update(alias_of=indexed["Bread"])
    else:
        harbour.update(locale=Locale.objects.create(language_code="fr"))
    related = titles(indexed["Sailing"], limit=10)
    assert "Harbour" not in related
    assert "Fishing" in related


def test_a_translation_of_the_page_is_left_out_whatever_its_locale(indexed):
    key = indexed["Sailing"].translation_key
    french = Locale.objects.create(language_code="fr")
    Page.objects.filter(pk=indexed["Sailing"].pk).update(locale=french)
    Page.objects.filter(pk=indexed["Harbour"].pk).update(translation_key=key)
    assert "Harbour" not in titles(indexed["Sailing"], limit=10)


def test_an_alias_has_the_relations_of_the_page_it_shows(indexed):
    alias = indexed["Sailing"].create_alias(update_slug="sailing-again")
    assert set(titles(alias, limit=2)) == {"Harbour", "Fishing"}
    assert "Sailing" not in titles(alias, limit=10)


def test_a_base_page_and_its_specific_page_have_the_same(indexed):
    specific = indexed["Sailing"]
    assert titles(Page.objects.get(pk=specific.pk)) == titles(specific)


def test_a_page_that_is_not_indexed_has_none(indexed, make_article):
    Embedding256.objects.filter(page_id=indexed["Sailing"].pk).delete()
    assert related_pages(indexed["Sailing"]) == []


def test_no_pages_are_related_before_the_index_is_built(pages):
    assert related_pages(pages["Sailing"]) == []


def test_a_page_that_is_not_saved_has_none(indexed):
    assert related_pages(ArticlePage(title="New"), queryset=Page.objects.all()) == []


def test_related_pages_come_from_the_active_generation(indexed):
    other = Generation.objects.create(index_name="default", dimensions=256, state="building")
    Embedding256.objects.filter(page=indexed["Sailing"]).update(generation=other)
    assert related_pages(indexed["Sailing"]) == []


def test_a_page_of_many_passages_is_represented_by_their_mean(indexed):
    chunk = Embedding256.objects.get(page=indexed["Sailing"])
    bread = Embedding256.objects.get(page=indexed["Bread"])
    for position in (1, 2, 3):
        Embedding256.objects.create(
            generation=chunk.generation,
            page=chunk.page,
            position=position,
            text="",
            text_hash="",
            embedding=bread.embedding,
        )
    assert titles(indexed["Sailing"])[0] == "Bread"
