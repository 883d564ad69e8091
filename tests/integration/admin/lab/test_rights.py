"""The lab shows only pages that its user may see in the explorer and that the visitor may see."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import GroupPagePermission, PageViewRestriction, Site

from wagtail_vector_search.admin.permissions import USE_LAB

from .conftest import columns_of, text_of

pytestmark = pytest.mark.django_db

PLACES = ("lab", "lab_both", "lab_judgments", "lab_figures")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_user_without_the_permission_has_no_lab(log_in, few_rights, site, place, method):
    response = getattr(log_in(few_rights), method)(reverse(f"wagtail_vector_search:{place}"), {"q": "bread"})
    assert response.status_code == 302
    assert response["Location"] == reverse("wagtailadmin_home")


@pytest.mark.parametrize("place", PLACES)
def test_a_visitor_is_asked_to_log_in(client, site, place):
    assert "login" in client.get(reverse(f"wagtail_vector_search:{place}"))["Location"]


@pytest.mark.parametrize("place", ["lab_judgments", "lab_figures"])
def test_a_post_needs_the_token(log_in, lab_user, site, place):
    client = log_in(lab_user, enforce_csrf_checks=True)
    assert client.post(reverse(f"wagtail_vector_search:{place}"), {"judgments": "[]"}).status_code == 403


@pytest.mark.parametrize(("place", "method"), [("lab_both", "post"), ("lab_judgments", "get"), ("lab_figures", "get")])
def test_each_address_takes_its_method_only(log_in, lab_user, site, place, method):
    assert getattr(log_in(lab_user), method)(reverse(f"wagtail_vector_search:{place}")).status_code == 405


QUERIES = ("bread", "oven", "zebrafish", "zebrafsh", "hidden loaf", "baker of bread every morning")


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("asked", [{}, {"locale": "all"}, {"user": "lab"}, {"weight": "1"}], ids=str)
def test_an_editor_learns_nothing_of_a_section_without_rights(lab, site, query, asked):
    """Neither titles nor words, ranks or counts: everything is as if the section were not there."""
    for name in ("lab", "lab_both"):
        text = lab.get(name, q=query, **asked).content.decode().replace(query, "")
        assert "Hidden" not in text
        assert "zebrafish" not in text


@pytest.mark.parametrize("query", QUERIES[:3])
def test_counts_and_places_are_among_the_pages_that_the_user_may_see(lab, site, articles, query):
    before = described(lab.page(query))
    for title in ("Hidden loaf", "Hidden baker"):
        articles[title].unpublish()
    assert described(lab.page(query)) == before


def described(page):
    """Return what does not hang on how many pages have a word: places and counts."""
    return {
        name: [
            text_of(column.select_one(".vs-column__summary")),
            *[text_of(found) for found in column.select(".vs-result__rank, .vs-result__title")],
        ]
        for name, column in columns_of(page).items()
    }


def test_a_superuser_sees_every_section(lab_of, superuser, site):
    assert {"Hidden loaf", "Hidden baker"} <= set(lab_of(superuser).titles("bread")["words"])


def test_a_site_in_a_section_without_rights_is_not_offered(lab, lab_of, superuser, site, section, hidden_section):
    Site.objects.create(hostname="open.example", root_page=section, site_name="Open site")
    Site.objects.create(hostname="hidden.example", root_page=hidden_section, site_name="Hidden site")
    assert "Hidden site" in str(lab_of(superuser).page())
    page = lab.page()
    assert "Open site" in str(page)
    assert "Hidden site" not in str(page)
    assert "hidden.example" not in str(page)


# In whose place


def test_a_search_as_anyone_finds_no_private_page_that_the_user_of_the_lab_may_see(lab_of, superuser, private_site):
    found = lab_of(superuser).titles("bread")
    assert "Baking bread" in found["words"]
    assert all("Breakfast" not in titles for titles in found.values())


def test_a_search_as_oneself_finds_private_pages_that_the_user_may_see(lab, lab_user, private_site):
    assert "Breakfast" in lab.titles("bread", user=lab_user.username)["words"]


def test_a_search_as_another_user_finds_what_the_other_may_see(
    lab_of, poser, django_user_model, private_site, articles
):
    member = django_user_model.objects.create_user("member")
    PageViewRestriction.objects.all().delete()
    restriction = PageViewRestriction.objects.create(page=articles["Breakfast"].page_ptr, restriction_type="groups")
    lab = lab_of(poser)
    assert "Breakfast" not in lab.titles("bread", user="member")["both"]

    group = Group.objects.create(name="Members")
    restriction.groups.add(group)
    member.groups.add(group)
    assert "Breakfast" in lab.titles("bread", user="member")["both"]


def test_a_search_as_a_superuser_finds_no_page_that_the_user_of_the_lab_may_not_see(
    lab_of, poser, superuser, private_site
):
    for titles in lab_of(poser).titles("bread", user="super").values():
        assert "Breakfast" in titles
        assert not {"Hidden loaf", "Hidden baker"} & set(titles)


def test_a_password_that_another_user_typed_does_not_count(lab_of, poser, private_site, articles, django_user_model):
    django_user_model.objects.create_user("member")
    PageViewRestriction.objects.all().delete()
    restriction = PageViewRestriction.objects.create(
        page=articles["Breakfast"].page_ptr, restriction_type="password", password="open sesame"
    )
    lab = lab_of(poser)
    session = lab.client.session
    session[PageViewRestriction.passed_view_restrictions_session_key] = [restriction.pk]
    session.save()
    assert "Breakfast" in lab.titles("bread", user="poser")["words"]
    assert "Breakfast" not in lab.titles("bread", user="member")["words"]
    assert "Breakfast" not in lab.titles("bread")["words"]


@pytest.mark.parametrize("name", ["super", "unknown"])
def test_a_user_without_the_permission_cannot_search_as_others_and_learns_of_no_user(lab, superuser, site, name):
    page = lab.page("bread", user=name)
    assert text_of(page.select_one(".error-message")) == "You can search as anyone, or as yourself."
    assert not page.select(".vs-column")
    assert not page.select("datalist")
    assert lab.get("lab_both", q="bread", user=name).status_code == 400


@pytest.mark.parametrize("name", ["unknown", "sleeper"])
def test_an_unknown_or_inactive_user_is_an_error(lab_of, poser, django_user_model, site, name):
    django_user_model.objects.create_user("sleeper", is_active=False)
    page = lab_of(poser).page("bread", user=name)
    assert text_of(page.select_one(".error-message")) == "No active user has this name."
    assert "sleeper" not in [option["value"] for option in page.select("datalist option")]


def test_a_user_with_the_permission_is_offered_the_users(lab_of, poser, few_rights, site):
    assert {option["value"] for option in lab_of(poser).page().select("datalist option")} == {"few", "poser"}


def test_a_title_leads_to_the_editor_only_where_the_user_may_edit(lab, site, section, articles):

    assert columns_of(lab.page("bread"))["words"].select_one(".vs-result__title a")["href"].endswith("/edit/")
    GroupPagePermission.objects.exclude(permission__codename="publish_page").delete()
    assert not lab.page("bread").select(".vs-result__title a")


def test_a_user_who_may_edit_no_page_finds_none(log_in, django_user_model, site):

    user = django_user_model.objects.create_user("visitor")
    for name in ("wagtailadmin.access_admin", USE_LAB):
        app, _, codename = name.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    page = log_in(user).get(reverse("wagtail_vector_search:lab"), {"q": "bread"})
    assert page.status_code == 200
    assert b"vs-result__title" not in page.content
