"""The list of the panel: what it shows for a choice, and to whom."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale, Page, PageViewRestriction

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(log_in, pages, superuser):
    """Return a function that loads the list for a page, by title, and returns the response."""

    def load(title="Sailing", *, pinned=(), hidden=(), user=superuser, **query):
        choice = {"pinned": keys(pages, pinned), "hidden": keys(pages, hidden)}
        return log_in(user).get(
            list_url(*[pages[title].pk] if title else []), {"choice": json.dumps(choice), "limit": 2, **query}
        )

    return load


def list_url(*page_key):
    return reverse("wagtail_vector_search:related", args=page_key)


def keys(pages, names):
    return [name if isinstance(name, int) else pages[name].pk for name in names]


def shown(response, kind):
    """Return the titles of the rows of one kind."""
    return [row.title for row in response.context[kind]]


def test_the_list_shows_what_visitors_see_and_what_else_could_be_pinned(show):
    response = show()
    assert set(shown(response, "automatic")) == {"Harbour", "Fishing"}
    assert set(shown(response, "proposed")) >= {"Cake", "Bread"}
    assert "Sailing" not in shown(response, "proposed")
    assert all(title in response.text for title in ("Harbour", "Fishing", "Cake"))


def test_pinned_pages_come_first_in_their_order_and_hidden_ones_are_listed_apart(show):
    response = show(pinned=["Cake", "Bread"], hidden=["Harbour"], limit=3)
    assert shown(response, "pinned") == ["Cake", "Bread"]
    assert shown(response, "automatic") == ["Fishing"]
    assert shown(response, "hidden") == ["Harbour"]
    assert "Harbour" not in shown(response, "proposed")


def test_the_choice_that_is_not_saved_yet_counts_in_place_of_the_saved_one(show, pages):
    pages["Sailing"].related = {"pinned": [pages["Cake"].pk]}
    pages["Sailing"].save()
    assert shown(show(pinned=["Bread"]), "pinned") == ["Bread"]


def test_a_page_that_the_editor_may_not_see_is_kept_in_its_place_without_its_name(show, few_rights, pages):
    response = show(pinned=["Cake", "Bread", "Harbour"], user=few_rights)
    assert [row.page_id for row in response.context["pinned"]] == keys(pages, ["Cake", "Bread", "Harbour"])
    assert shown(response, "pinned") == ["Cake", "", "Harbour"]
    assert "A page you cannot see" in response.text
    assert "Bread" not in response.text


def test_pages_of_a_section_that_the_editor_may_not_see_are_not_proposed(show, few_rights, pages):
    response = show("Cake", user=few_rights, limit=50)
    assert shown(response, "automatic")
    assert "Bread" not in response.text
    assert "Hidden section" not in response.text
    assert "Bread" in show("Cake", limit=50).text


def test_the_section_of_a_page_is_named_to_editors_who_may_see_it(show, few_rights):
    assert {row.section for row in show(user=few_rights).context["automatic"]} == {"Open section"}


def test_a_section_that_the_editor_may_not_see_is_not_named(show, pages, make_article, make_editor):
    # Wagtail's explorer begins at the parent of the pages that an editor has rights to.
    pages["Inner"] = make_article("Inner", parent=pages["Bread"])
    response = show("Inner", pinned=["Bread"], user=make_editor("one", page=pages["Inner"]))
    assert [(row.title, row.section) for row in response.context["pinned"]] == [("Bread", "")]
    assert show("Inner", pinned=["Bread"]).context["pinned"][0].section == "Hidden section"


@pytest.mark.parametrize("hiding", ["draft", "restricted"])
def test_a_pinned_page_that_visitors_do_not_see_says_so(show, pages, few_rights, hiding):
    if hiding == "draft":
        pages["Cake"].unpublish()
    else:
        PageViewRestriction.objects.create(page=Page.objects.get(pk=pages["Cake"].pk), restriction_type="password")
    response = show(pinned=["Cake"], user=few_rights)
    (row,) = response.context["pinned"]
    assert not row.is_shown
    assert "visitors do not see it" in row.note
    assert len(response.context["automatic"]) == 2


def test_a_deleted_page_is_told_of_and_dropped(show, pages):
    gone = pages["Cake"].pk
    pages.pop("Cake").delete()
    response = show(pinned=[gone, "Harbour"])
    assert shown(response, "pinned") == ["Harbour"]
    assert "has been deleted" in response.text
    assert f'data-related-deleted="{gone}"' in response.text


def test_a_pinned_page_in_another_language_says_what_it_is_shown_as(show, pages):
    french = Locale.objects.create(language_code="fr")
    gateau = pages["Cake"].copy_for_translation(french, copy_parents=True)
    gateau.title = "Gâteau"
    gateau.save_revision().publish()
    (row,) = show(pinned=[gateau.pk]).context["pinned"]
    assert (row.title, row.note, row.is_shown) == ("Gâteau", "Shown as its translation “Cake”", True)


def test_a_page_that_is_not_saved_yet_has_no_automatic_list_but_names_what_was_chosen(show):
    response = show("", pinned=["Cake"])
    assert shown(response, "pinned") == ["Cake"]
    assert response.context["automatic"] == []
    assert "once this page is published" in response.text


def test_the_list_without_an_index_says_why_it_is_empty(log_in, superuser, make_article):
    page = make_article("Alone")
    response = log_in(superuser).get(list_url(page.pk))
    assert "waiting to be indexed" in response.text


def test_a_title_with_markup_in_it_is_text(show, pages):
    Page.objects.filter(pk=pages["Cake"].pk).update(draft_title='<img src=x onerror="alert(1)">' + "\n" * 200)
    response = show(pinned=["Cake"])
    assert "<img" not in response.text
    assert "&lt;img" in response.text


@pytest.mark.parametrize("query", [{"choice": "nonsense"}, {"choice": '{"pinned": ["1; DROP"]}'}, {"limit": "x"}])
def test_nonsense_is_refused(show, query):
    assert show(**query).status_code == 400


@pytest.mark.parametrize("key", ["999999", "x", "-1"])
def test_a_page_that_does_not_exist_is_not_found(log_in, superuser, key):
    assert log_in(superuser).get(list_url(key)).status_code == 404


def test_users_who_may_not_edit_the_page_get_no_list(show, few_rights):
    response = show("Bread", user=few_rights)
    assert response.status_code == 302  # Wagtail leads back to the home page of the admin, with a message
    assert "Bread" not in response.text


def test_visitors_get_no_list(client, pages):
    response = client.get(list_url(pages["Sailing"].pk))
    assert (response.status_code, "/login/" in response.url) == (302, True)


def test_the_number_of_statements_does_not_depend_on_the_number_of_pages(show):
    def cost(**choice):
        with CaptureQueriesContext(connection) as captured:
            show(**choice)
        return len(captured)

    show(pinned=["Cake"], hidden=["Bread"])
    few = cost(pinned=["Cake"], hidden=["Bread"])
    assert cost(pinned=["Cake", "Harbour"], hidden=["Bread"], limit=10) == few
