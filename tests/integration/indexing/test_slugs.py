"""A page is found by the words of its own address, which weigh little."""

import pytest
from wagtail.models import Page

from wagtail_vector_search.retrieval import Legs, rank_pages

from .contents import terms_of

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "penalty-notices-online",
    "/penalty-notices-online/",
    "http://localhost/penalty-notices-online/",
    "https://www.example.org/services/penalty-notices-online/",
]


@pytest.fixture
def site(home, make_article, build_index):
    page = home.add_child(instance=Page(title="Pay a fine", slug="penalty-notices-online"))
    for title in (
        "Penalty shoot-out",
        "Online services",
        "Notices of the council",
        "Example organisation",
        "Local host",
    ):
        make_article(title, f"All about it: {title.lower()}.")
    build_index()
    return page


@pytest.mark.parametrize("query", ADDRESSES)
@pytest.mark.parametrize("legs", [Legs.HYBRID, Legs.KEYWORD])
def test_a_pasted_address_finds_its_page_first(site, query, legs):
    assert rank_pages(query, Page.objects.all(), legs=legs).pages[0].page_id == site.pk


def test_a_word_of_the_address_weighs_less_than_the_same_word_in_the_text(site, make_article, build_index):
    said = make_article("Fines", "A penalty is what is to be paid.")
    build_index()
    ranking = rank_pages("penalty", Page.objects.all(), legs=Legs.KEYWORD)
    ranked = [page.page_id for page in ranking.pages]
    assert ranked.index(said.pk) < ranked.index(site.pk)


def test_another_address_is_noticed(site, build_index):
    site.slug = "charges"
    site.save()
    build_index()
    assert "charg" in terms_of(site)
    assert "penalti" not in terms_of(site)


def test_a_word_that_the_page_says_itself_counts_as_before(make_article, build_index):
    page = make_article("Boats", "The boat crosses the sea.")
    other = make_article("Boats", "The boat crosses the sea.")
    Page.objects.filter(pk=other.pk).update(slug="boats-boats")
    build_index()
    scores = {hit.page_id: hit.score for hit in rank_pages("boats", Page.objects.all(), legs=Legs.KEYWORD).pages}
    assert scores[page.pk] == scores[other.pk]
