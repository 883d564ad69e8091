"""Every address of the admin, for all kinds of users: none learns of a section without rights to it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from tests.integration.admin.conftest import make_editor, section, superuser  # noqa: F401
from tests.kept import kept
from tests.tally import tally
from wagtail_vector_search.admin import urls
from wagtail_vector_search.admin.permissions import SEARCH_AS_OTHERS
from wagtail_vector_search.models import Entry

from .admin_visits import ADMIN, EDIT, MISSPELT, Visit, body, is_refused, names_of, said, visits
from .admin_world import MARKERS, RARE, USER, World, browser_of, make_world, people, remove_hidden  # noqa: F401
from .leaky import FAILURES, OPTIONS, SECRETS, LeakyProvider

pytestmark = pytest.mark.django_db

#: Users of the admin without rights to the section.
OUTSIDERS = ("few", "report", "reindex", "lab", "others", "all but a section")
#: Eight numbers in a row.
VECTOR = re.compile(r"(?:-?\d+\.\d+(?:e-?\d+)?[,\s]+){8}")
_DRAWINGS = re.compile(r"<svg.*?</svg>", re.DOTALL)
#: What differs each time.
_FRESH = re.compile(r'csrfmiddlewaretoken" value="\w+"|CSRF_TOKEN":\s*"\w+"')


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()
    yield
    LeakyProvider.failure = None


@pytest.fixture
@kept
def world(make_article, section, build_index, no_worker) -> World:  # noqa: F811
    """The site with the section."""
    return make_world(make_article, section, build_index)


def may(user: Any, visit: Visit) -> bool:
    if user is None or not user.has_perm("wagtailadmin.access_admin"):
        return False
    if visit.needs == EDIT:
        return user.is_superuser or not visit.is_hidden
    return visit.needs == ADMIN or user.has_perm(visit.needs)


def test_the_matrix_has_every_address(world):
    assert {visit.name for visit in visits(world)} == set(names_of(urls.urlpatterns))


@pytest.mark.parametrize("who", [*OUTSIDERS, "visitor", None])
def test_a_user_without_the_permission_is_refused_and_reads_nothing_of_the_section(world, people, who):  # noqa: F811
    user = people.get(who)
    client, wrong, leaks = browser_of(user), [], []
    secret = MARKERS if user and user.has_perm(SEARCH_AS_OTHERS) else (*MARKERS, USER)
    for visit in visits(world):
        tally("requests to the admin")
        response = visit.make(client)
        wrong += [str(visit)] if is_refused(response) is may(user, visit) else []
        told = said(response)
        leaks += [f"{marker}: {visit}" for marker in secret if marker in told and not visit.contains(marker)]
    told = said(client.get(reverse("wagtailadmin_home"), follow=True))
    leaks += [f"{marker}: home page" for marker in secret if marker in told]
    assert (wrong, leaks) == ([], [])


def test_a_user_with_the_rights_gets_in_and_reads_of_the_section(world, people):  # noqa: F811
    """Otherwise the test above would not see a leak."""
    client = browser_of(people["super"])
    told: dict[str, set[str]] = {marker: set() for marker in (*MARKERS, USER)}
    for visit in visits(world):
        response = visit.make(client)
        assert not is_refused(response), visit
        text = said(response)
        for marker in told:
            told[marker] |= {visit.name} if marker in text and not visit.contains(marker) else set()
    assert not [marker for marker, names in told.items() if not names]
    places = {"report", "report_results", "lab", "lab_both", "related", "suggested_pages", "editor_page"}
    assert places <= set().union(*told.values())
    assert RARE in said(client.get(reverse("wagtail_vector_search:lab"), {"q": MISSPELT, "locale": "all"}))


def test_the_admin_is_as_if_the_section_did_not_exist(world, people):  # noqa: F811
    """Counts, places, filters, bars and messages, too; no request holds a primary key that is gone afterwards."""
    client = browser_of(people["all but a section"])
    asked = [visit for visit in visits(world) if not any(visit.contains(f"{page.pk}") for page in world.hidden)]
    Entry.objects.update(indexed_at="2026-01-01T00:00Z")

    def look() -> dict[str, str]:
        cache.clear()
        with transaction.atomic():
            found = {str(visit): _FRESH.sub("", body(visit.make(client))) for visit in asked}
            found["home"] = _FRESH.sub("", body(client.get(reverse("wagtailadmin_home"))))
            transaction.set_rollback(True)
        return found

    with_it = look()
    remove_hidden(world)
    without_it = look()
    assert len(with_it) > 50
    assert [visit for visit in with_it if with_it[visit] != without_it[visit]] == []


def test_requests_that_change_something_take_a_form_with_a_token(world, people):  # noqa: F811
    careless, strict = browser_of(people["super"]), browser_of(people["super"], enforce_csrf_checks=True)
    before = list(Entry.objects.order_by("pk").values())
    for visit in visits(world):
        if visit.is_post:
            assert careless.get(visit.url, dict(visit.data)).status_code == 405, visit
            assert strict.post(visit.url, dict(visit.data)).status_code == 403, visit
        else:
            visit.make(careless)
    assert list(Entry.objects.order_by("pk").values()) == before


def test_users_without_rights_cannot_index_pages_of_the_section_again(world, people):  # noqa: F811
    states = Entry.objects.filter(page__in=[page.pk for page in world.hidden]).order_by("pk")
    before = list(states.values())
    for who in (*OUTSIDERS, "visitor"):
        for visit in visits(world):
            if visit.name == "reindex":
                visit.make(browser_of(people[who]))
    assert list(states.values()) == before
    again = Entry.objects.filter(page__in=[page.pk for page in world.open], requested_version__gt=1)
    assert again.exists()


LINE = "<img src=x onerror=alert(1)>"
LONG = "\n".join(f"</textarea></script><script>alert({number})</script>{LINE}" for number in range(1000))


@pytest.fixture
def hostile(world) -> World:
    """Titles as long as a page can have them, and texts of thousands of lines, all of them with markup."""
    title = f"{LINE}<script>alert(1)</script>\n</title>{LINE * 20}"[:255]
    for page in (*world.open[:2], world.hidden[0]):
        page.title = page.draft_title = title
        page.introduction = f"{LONG} bread {RARE}"
        page.body = [("heading", LONG), ("code", LONG), ("paragraph", f"<p>bread {RARE}</p>")]
        page.save_revision().publish()
    return world


def test_markup_of_thousands_of_lines_breaks_nothing_and_arrives_escaped(hostile, people, build_index):  # noqa: F811
    build_index(rebuild=True)
    client, escaped, raw = browser_of(people["super"]), set(), []
    for visit in visits(hostile):
        response = visit.make(client)
        assert response.status_code in (200, 400), visit
        if "html" not in response.headers["Content-Type"] and "json" not in response.headers["Content-Type"]:
            continue
        text = body(response)
        raw += [f"{bad}: {visit}" for bad in (LINE, "<script>alert(", "</textarea></script>") if bad in text]
        escaped |= {visit.name} if "&lt;img src=x" in text else set()
    assert raw == []
    assert escaped >= {
        "report", "report_results", "editor_page", "editor_draft", "related", "lab", "lab_both", "suggested_pages",
    }  # fmt: skip


def test_no_vector_no_key_and_no_address_of_the_provider_is_shown(
    make_article,
    section,  # noqa: F811
    build_index,
    configure,
    no_worker,
    people,  # noqa: F811
):
    configure(PROVIDER="tests.security.leaky.LeakyProvider", OPTIONS=OPTIONS, QUERY_DEADLINE=30, EMBED_DRAFTS=True)
    world = make_world(make_article, section, build_index)
    client, found = browser_of(people["super"]), []
    for name, failure in {"none": None, **FAILURES}.items():
        LeakyProvider.failure = staticmethod(failure) if failure else None
        for visit in _once_each(visits(world)):
            tally("requests to the admin")
            cache.clear()
            text = said(visit.make(client))
            found += [f"{secret}: {name}: {visit}" for secret in SECRETS if secret in text]
            found += [f"vector: {name}: {visit}"] if VECTOR.search(_DRAWINGS.sub("", text)) else []
    assert found == []


def _once_each(every: list[Visit]) -> list[Visit]:
    """Return one visit to each address, the one that asks most."""
    longest: dict[str, Visit] = {}
    for visit in sorted(every, key=lambda visit: len(json.dumps(visit.data, default=str))):
        longest[visit.name] = visit
    return list(longest.values())
