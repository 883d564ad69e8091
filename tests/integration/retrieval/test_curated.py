"""Related pages as an editor has chosen them."""

import pytest
from wagtail.models import Locale, Page, PageViewRestriction

from tests.integration.retrieval.test_related import TEXTS
from tests.kept import kept
from tests.testapp.models import ArticlePage, RichTextPage
from wagtail_vector_search import SearchHit
from wagtail_vector_search.curation import RelatedPages, read_choice
from wagtail_vector_search.retrieval import related_pages

pytestmark = pytest.mark.django_db


@pytest.fixture
@kept
def pages(make_article, build_index):
    pages = {title: make_article(title, text) for title, text in TEXTS.items()}
    build_index()
    return pages


@pytest.fixture
def french(db):
    return Locale.objects.create(language_code="fr")


@pytest.fixture
def choose(pages):
    """Return a function that stores a choice for a page, by title, and returns the page, loaded again."""

    def store(title, *pinned, hidden=()):
        keys = [tuple(pages[name].pk for name in names) for names in (pinned, hidden)]
        page = pages[title]
        page.related = RelatedPages(*keys)
        page.save()
        return ArticlePage.objects.get(pk=page.pk)

    return store


def titles(page, **options):
    return [related.title for related in related_pages(page, **options)]


def test_pinned_pages_come_first_in_their_order_then_the_nearest(choose):
    sailing = choose("Sailing", "Cake", "Bread")
    assert titles(sailing)[:2] == ["Cake", "Bread"]
    assert set(titles(sailing)[2:4]) == {"Harbour", "Fishing"}


def test_a_pinned_page_is_there_once_even_when_it_is_near(choose):
    sailing = choose("Sailing", "Harbour")
    assert titles(sailing, limit=10).count("Harbour") == 1


def test_a_hidden_page_is_never_there_and_another_takes_its_place(choose):
    sailing = choose("Sailing", hidden=["Harbour"])
    assert titles(sailing, limit=3)[0] == "Fishing"
    assert len(titles(sailing, limit=3)) == 3
    assert "Harbour" not in titles(sailing, limit=10)


def test_pinned_pages_count_towards_the_limit(choose):
    assert titles(choose("Sailing", "Cake", "Bread"), limit=1) == ["Cake"]
    assert len(titles(choose("Sailing", "Cake", "Bread"), limit=3)) == 3


def test_a_pinned_page_says_that_it_is_and_has_no_score(choose):
    first, second, *_ = related_pages(choose("Sailing", "Cake"))
    assert (first.search_matched_by, first.search_score) == (("pinned",), None)
    assert second.search_matched_by == ("semantic",)
    assert second.search_score > 0


def test_pinned_and_related_pages_are_search_hits(choose):
    assert all(isinstance(page, SearchHit) for page in related_pages(choose("Sailing", "Cake")))


@pytest.mark.parametrize("hiding", ["draft", "restricted", "expired", "deleted"])
def test_a_pinned_page_that_visitors_may_not_see_is_silently_gone(choose, pages, hiding):
    sailing = choose("Sailing", "Cake", "Bread")
    cake = Page.objects.filter(pk=pages["Cake"].pk)
    if hiding == "draft":
        cake.update(live=False)
    elif hiding == "restricted":
        PageViewRestriction.objects.create(page=cake.get(), restriction_type="login")
    elif hiding == "expired":
        cake.update(expire_at="2020-01-01T00:00Z")
    else:
        cake.get().delete()
    found = titles(sailing)
    assert found[0] == "Bread"
    assert "Cake" not in found


def test_a_private_page_is_there_for_those_who_may_see_it(choose, pages, rf, admin_user):
    sailing = choose("Sailing", "Cake")
    PageViewRestriction.objects.create(page=Page.objects.get(pk=pages["Cake"].pk), restriction_type="login")
    request = rf.get("/")
    request.user, request.session = admin_user, {}
    assert titles(sailing, request=request)[0] == "Cake"
    assert "Cake" not in titles(sailing)


def test_a_page_that_is_related_to_itself_is_left_out(choose):
    sailing = choose("Sailing")
    sailing.related = RelatedPages(pinned=(sailing.pk,))
    assert "Sailing" not in titles(sailing, limit=10)


def test_a_queryset_narrows_pinned_pages_too(choose):
    others = ArticlePage.objects.exclude(title="Cake")
    sailing = choose("Sailing", "Cake", "Bread")
    assert titles(sailing, queryset=others)[0] == "Bread"
    assert "Cake" not in titles(sailing, queryset=others)
    assert type(related_pages(sailing, queryset=Page.objects.specific())[0]) is ArticlePage


def test_a_base_page_has_the_same_choice(choose):
    sailing = choose("Sailing", "Cake", hidden=["Harbour"])
    base = Page.objects.get(pk=sailing.pk)
    assert titles(base, limit=10) == titles(sailing, limit=10)


def test_a_draft_shows_the_choice_of_the_draft(choose, pages):
    sailing = choose("Sailing", "Cake")
    sailing.related = RelatedPages(pinned=(pages["Bread"].pk,))
    sailing.save_revision()
    assert titles(sailing.get_latest_revision_as_object())[0] == "Bread"
    assert titles(ArticlePage.objects.get(pk=sailing.pk))[0] == "Cake"


def test_a_page_that_is_not_saved_yet_shows_what_is_pinned(pages):
    new = ArticlePage(title="New", related=RelatedPages(pinned=(pages["Cake"].pk,)))
    assert titles(new) == ["Cake"]


def test_a_page_that_is_not_indexed_shows_what_is_pinned(choose, pages):
    pages["Sailing"].unpublish()
    assert titles(choose("Sailing", "Cake")) == ["Cake"]


def test_a_pinned_page_is_shown_as_its_translation(choose, pages, french):
    copy = choose("Sailing", "Cake", "Bread").copy_for_translation(french, copy_parents=True)
    gateau = pages["Cake"].copy_for_translation(french)
    gateau.title = "Gâteau"
    gateau.save_revision().publish()
    assert titles(copy) == ["Gâteau", "Bread"]


def test_a_translation_that_is_not_published_leaves_the_pinned_page(choose, pages, french):
    copy = choose("Sailing", "Cake").copy_for_translation(french, copy_parents=True)
    pages["Cake"].copy_for_translation(french)
    assert [(page.title, page.locale_id) for page in related_pages(copy)] == [("Cake", pages["Cake"].locale_id)]


def test_two_languages_of_one_page_are_shown_once(choose, pages, french):
    choose("Sailing").copy_for_translation(french, copy_parents=True)
    gateau = pages["Cake"].copy_for_translation(french)
    gateau.save_revision().publish()
    sailing = choose("Sailing")
    sailing.related = RelatedPages(pinned=(gateau.pk, pages["Cake"].pk))
    assert [page.pk for page in related_pages(sailing)][:1] == [pages["Cake"].pk]
    assert "Cake" not in titles(sailing)[1:]


def test_a_translation_of_a_hidden_page_is_hidden(choose, pages, french, build_index):
    copies = {}
    for title in ("Sailing", "Harbour", "Fishing"):
        copies[title] = pages[title].copy_for_translation(french, copy_parents=True)
        copies[title].save_revision().publish()
    build_index()
    choice = RelatedPages(hidden=(pages["Harbour"].pk,))
    assert titles(copies["Sailing"]) and "Harbour" in titles(copies["Sailing"])
    assert "Harbour" not in titles(copies["Sailing"], choice=choice)


def test_an_alias_that_is_pinned_shows_the_page_itself(choose, pages):
    alias = pages["Cake"].create_alias(update_slug="cake-again")
    sailing = choose("Sailing")
    sailing.related = RelatedPages(pinned=(alias.pk,))
    assert next(page.pk for page in related_pages(sailing)) == pages["Cake"].pk
    assert titles(sailing, limit=10).count("Cake") == 1


def test_a_copy_keeps_the_choice(choose):
    copy = choose("Sailing", "Cake").copy(update_attrs={"slug": "copy", "title": "Copy"})
    assert read_choice(copy) == read_choice(Page.objects.get(pk=copy.pk)) != RelatedPages()


def test_a_choice_costs_no_statement_more_and_one_for_a_base_page(choose, pages, statements):
    def cost(page):
        with statements() as captured:
            related_pages(page)
        return captured.count

    none, base = ArticlePage.objects.get(pk=pages["Sailing"].pk), Page.objects.get(pk=pages["Sailing"].pk)
    without = cost(none)
    assert cost(choose("Sailing", "Cake", hidden=["Harbour"])) == without
    assert cost(choose("Sailing", "Cake", "Bread", "Fishing", hidden=["Harbour"])) == without
    assert cost(base) == without + 1


def test_a_page_type_without_the_field_has_no_choice_and_costs_nothing(home, statements):
    page = home.add_child(instance=RichTextPage(title="Plain", slug="plain"))
    for loaded in (page, Page.objects.get(pk=page.pk)):
        loaded.specific_class  # noqa: B018 (the content type is cached)
        with statements() as captured:
            assert read_choice(loaded) == RelatedPages()
        assert captured.count == 0
