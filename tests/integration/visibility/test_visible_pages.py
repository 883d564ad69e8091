"""Nothing comes back that a visitor may not see, whatever the index says."""

import pytest
from django.db import connection
from wagtail.models import Page, PageViewRestriction

from tests.testapp.models import ArticlePage
from wagtail_vector_search.retrieval import Legs, load_pages, rank_pages, visible_pages

pytestmark = pytest.mark.django_db

RESTRICTIONS = (
    {"restriction_type": PageViewRestriction.LOGIN},
    {"restriction_type": PageViewRestriction.PASSWORD, "password": "secret"},
    {"restriction_type": PageViewRestriction.GROUPS},
)


def visible(queryset=None):
    return {page.title for page in visible_pages(ArticlePage.objects.all() if queryset is None else queryset)}


def hide(page, **fields):
    Page.objects.filter(pk=page.pk).update(**fields)


def test_live_pages_are_visible(articles):
    assert visible() == set(articles)


def test_a_page_that_is_not_live_is_hidden(articles):
    hide(articles["Baking bread"], live=False)
    assert "Baking bread" not in visible()


def test_an_alias_is_hidden(articles):
    articles["Baking bread"].create_alias(update_slug="bread-again")
    assert len(visible_pages(ArticlePage.objects.filter(title="Baking bread"))) == 1


@pytest.mark.parametrize("restriction", RESTRICTIONS)
def test_a_page_with_a_view_restriction_is_hidden(articles, restriction):
    PageViewRestriction.objects.create(page=articles["Baking bread"], **restriction)
    assert "Baking bread" not in visible()
    assert len(visible()) == 3


@pytest.mark.parametrize("restriction", RESTRICTIONS)
def test_everything_below_a_restricted_page_is_hidden(articles, make_article, restriction):
    child = make_article("Child", parent=articles["Baking bread"])
    make_article("Grandchild", parent=child)
    PageViewRestriction.objects.create(page=articles["Baking bread"], **restriction)
    assert visible() == set(articles) - {"Baking bread"}


def test_pages_beside_or_above_a_restricted_page_are_not_hidden(articles, make_article):
    child = make_article("Child", parent=articles["Baking bread"])
    make_article("Sibling", parent=articles["Baking bread"])
    PageViewRestriction.objects.create(page=child, restriction_type="login")
    assert visible() == {*articles, "Sibling"}


def test_an_alias_of_a_restricted_page_is_hidden_though_public_lets_it_pass(articles, home):
    alias = articles["Baking bread"].create_alias(parent=home, update_slug="bread-again")
    PageViewRestriction.objects.create(page=articles["Baking bread"], restriction_type="login")
    assert alias.pk in Page.objects.public().values_list("pk", flat=True)
    assert alias.pk not in visible_pages(Page.objects.all()).values_list("pk", flat=True)


def test_a_restriction_that_is_lifted_hides_nothing_any_more(articles):
    restriction = PageViewRestriction.objects.create(page=articles["Baking bread"], restriction_type="login")
    restriction.delete()
    assert visible() == set(articles)


def test_visible_pages_adds_one_clause_however_many_restrictions_there_are(articles):
    before = str(visible_pages(Page.objects.all()).query)
    for page in articles.values():
        PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert str(visible_pages(Page.objects.all()).query) == before
    assert visible() == set()


@pytest.mark.parametrize(
    "narrowed",
    [
        lambda: ArticlePage.objects.filter(category="code"),
        lambda: ArticlePage.objects.filter(category="code").distinct(),
        lambda: ArticlePage.objects.filter(category="code").specific(),
        lambda: Page.objects.type(ArticlePage).filter(title__contains="ing", depth=3).exclude(title__contains="bread"),
        lambda: ArticlePage.objects.filter(category="code").select_related("owner").order_by("-title"),
    ],
)
def test_any_queryset_of_pages_is_narrowed(articles, narrowed):
    assert visible(narrowed()) == {"Copying dictionaries", "Stopping loops"}
    PageViewRestriction.objects.create(page=articles["Stopping loops"], restriction_type="login")
    assert visible(narrowed()) == {"Copying dictionaries"}


def test_a_sliced_queryset_is_refused_as_wagtail_refuses_it():
    with pytest.raises(TypeError, match="slice"):
        visible_pages(Page.objects.all()[:5])


def test_both_forms_of_the_clause_hide_the_same_pages(articles, make_article, monkeypatch):
    child = make_article("Child", parent=articles["Baking bread"])
    make_article("Grandchild", parent=child)
    for page in (articles["Baking bread"], articles["Stopping loops"]):
        PageViewRestriction.objects.create(page=page, restriction_type="login")
    on_postgresql = visible()
    monkeypatch.delattr("wagtail_vector_search.visibility.closed_paths.IsPermitted.as_postgresql")
    assert visible() == on_postgresql == {"Copying dictionaries", "Harbour at dawn"}


@pytest.mark.parametrize("legs", [Legs.HYBRID, Legs.SEMANTIC, Legs.KEYWORD])
@pytest.mark.parametrize("hiding", ["unpublished", "restricted", "parent restricted", "deleted", "alias"])
def test_a_search_returns_no_page_that_was_hidden_without_its_knowledge(
    articles, make_article, build_index, titles, legs, hiding
):
    bread = make_article("Sourdough", "Bread from an oven, salt and water.", parent=articles["Harbour at dawn"])
    build_index()
    assert "Sourdough" in titles("bread oven", legs=legs)
    if hiding == "unpublished":
        hide(bread, live=False)
    elif hiding == "alias":
        hide(bread, alias_of=articles["Baking bread"])
    elif hiding == "deleted":
        Page.objects.filter(pk=bread.pk).first().delete()
    else:
        page = bread if hiding == "restricted" else articles["Harbour at dawn"]
        PageViewRestriction.objects.bulk_create([PageViewRestriction(page=page, restriction_type="login")])
    assert "Sourdough" not in titles("bread oven", legs=legs)
    assert "Baking bread" in titles("bread oven", legs=legs)
    # Not in the ranking either, which counts and facets are made from.
    assert bread.pk not in {page.page_id for page in rank_pages("bread oven", Page.objects.all(), legs=legs).pages}


def test_a_page_hidden_between_ranking_and_reading_is_left_out(site):
    ranking = rank_pages("bread oven", Page.objects.all())
    hide(site["Baking bread"], live=False)
    assert "Baking bread" not in [page.title for page in load_pages(ranking, Page.objects.all())]


def test_the_clause_reads_the_restrictions_once_not_once_a_page(articles):
    PageViewRestriction.objects.create(page=articles["Baking bread"], restriction_type="login")
    with connection.cursor() as cursor:
        sql, params = visible_pages(Page.objects.all()).query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "hashed SubPlan" in plan
