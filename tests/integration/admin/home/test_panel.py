"""The panel on the home page of the admin: there when something needs attention, and only then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from tests.kept import kept
from wagtail_vector_search.exceptions import ProviderConfigurationError
from wagtail_vector_search.health import circuit_key, count_degraded, record_outage
from wagtail_vector_search.models import Entry, Generation

HEADING = 'id="search-attention-heading"'
SECRET = "ProviderConfigurationError: HTTP 401"


@pytest.fixture
@kept
def pages(section, hidden_section, make_article, build_index, no_worker):
    made = {
        "one": make_article("One", "Some text about gardens.", parent=section),
        "two": make_article("Two", "Some text about rivers.", parent=section),
        "secret": make_article("Secret", "Some text about caves.", parent=hidden_section),
    }
    build_index()
    return made


@pytest.fixture
def read_home(log_in):
    """Return a function that returns what a user sees on the home page."""

    def read(user):
        response = log_in(user).get(reverse("wagtailadmin_home"))
        assert response.status_code == 200
        return response.content.decode()

    return read


def set_state(*pages, **fields):
    Entry.objects.filter(page__in=pages).update(**fields)


def break_provider():
    configuration = Generation.objects.get().configuration
    record_outage(circuit_key(configuration), ProviderConfigurationError("HTTP 401"))


def test_the_panel_is_absent_while_all_is_well(pages, report_right, superuser, read_home):
    assert HEADING not in read_home(report_right)
    assert HEADING not in read_home(superuser)


def test_failures_are_told_and_lead_to_the_pages(pages, report_right, read_home):
    set_state(pages["one"], pages["two"], state="failed", last_error=SECRET)
    html = read_home(report_right)
    assert "Search could not read 2 pages." in html
    assert f"{reverse('wagtail_vector_search:report')}?index=default&amp;state=failed" in html


def test_failures_in_a_hidden_section_are_not_told(pages, report_right, superuser, read_home):
    set_state(pages["secret"], state="failed", last_error=SECRET)
    assert HEADING not in read_home(report_right)
    assert "Search could not read 1 page." in read_home(superuser)


def test_pages_that_wait_in_a_hidden_section_are_not_told(pages, report_right, superuser, read_home):
    set_state(pages["secret"], state="pending", requested_at=timezone.now() - timedelta(hours=2))
    assert HEADING not in read_home(report_right)
    assert "behind" in read_home(superuser)


def test_a_page_that_waits_for_long_is_told(pages, report_right, read_home):
    set_state(pages["one"], state="pending", requested_at=timezone.now() - timedelta(minutes=4))
    assert HEADING not in read_home(report_right)
    set_state(pages["one"], requested_at=timezone.now() - timedelta(minutes=6))
    assert "Search is 6 minutes behind." in read_home(report_right).replace("\xa0", " ")
    set_state(pages["one"], requested_at=timezone.now() - timedelta(hours=2))
    html = read_home(report_right).replace("\xa0", " ")
    assert "Search is 2 hours behind." in html
    assert "1 page is waiting to be indexed." in html


def test_a_provider_that_cannot_be_reached_is_told(pages, report_right, read_home):
    break_provider()
    html = read_home(report_right)
    assert "cannot be reached" in html
    assert "In the meantime visitors find pages by words only" in html
    assert "HTTP 401" in html.split("<details")[1].split("</details>")[0]


def test_searches_that_used_words_only_are_told(pages, report_right, read_home):
    count_degraded("default", "deadline")
    html = read_home(report_right)
    assert "1 search in the last 15 minutes used words only." in html
    assert "too slow" in html


def test_a_new_generation_is_told_with_its_progress(pages, report_right, read_home):
    serving = Generation.objects.get()
    building = Generation.objects.create(
        index_name="default", fingerprint=serving.fingerprint, dimensions=serving.dimensions, configuration={}
    )
    Entry.objects.create(generation=building, page=pages["one"], state="indexed", indexed_at=timezone.now())
    html = read_home(report_right)
    assert "A new search index is being built." in html
    share = 100 // Entry.objects.filter(generation=serving).count()
    assert f'<progress max="100" value="{share}"' in html
    assert "For developers" not in html


def test_a_build_that_has_stopped_is_told(pages, report_right, read_home):
    Generation.objects.create(index_name="default", fingerprint="x", dimensions=256, configuration={})
    Generation.objects.filter(fingerprint="x").update(created_at=F("created_at") - timedelta(hours=1))
    html = read_home(report_right)
    assert "ask a developer" in html
    assert "update_vector_index" in html.split("<details")[1].split("</details>")[0]


def test_no_index_is_told(report_right, read_home):
    html = read_home(report_right)
    assert "The search index has not been built yet." in html
    assert "by words only" in html


def test_nothing_is_told_without_the_permission(pages, few_rights, read_home):
    set_state(pages["one"], state="failed")
    break_provider()
    with CaptureQueriesContext(connection) as queries:
        html = read_home(few_rights)
    assert HEADING not in html
    assert not [query for query in queries if "wagtail_vector_search" in query["sql"]]


def test_the_panel_costs_a_constant_number_of_statements(
    pages, report_right, log_in, make_article, section, build_index
):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("wagtailadmin_home"))
        return sum("wagtail_vector_search" in query["sql"] for query in queries)

    client = log_in(report_right)
    client.get(reverse("wagtailadmin_home"))
    few = cost()
    for number in range(20):
        make_article(f"Article {number}", "Text.", parent=section)
    build_index()
    Entry.objects.update(state="failed", last_error=SECRET)
    assert cost() == few == 5


def test_an_index_that_has_missed_a_change_is_a_notice_that_counts_no_pages(pages, report_right, read_home, settings):
    Page.objects.filter(pk=pages["secret"].pk).update(live=False)
    settings.WAGTAIL_VECTOR_SEARCH_BACKGROUND = True
    home = read_home(report_right)
    assert "The search index has missed changes to the site." in home
    assert "Search corrects this within a minute." in home
    settings.WAGTAIL_VECTOR_SEARCH_BACKGROUND = False
    assert "when its worker runs next" in read_home(report_right)


def test_a_missing_table_does_not_break_the_home_page(pages, report_right, read_home):
    read_home(report_right)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {Entry._meta.db_table} RENAME TO gone")
    home = read_home(report_right)
    assert "The search index cannot be read." in home
    assert "update_vector_index --recreate-tables" in home


def test_unusable_settings_do_not_break_the_home_page(pages, report_right, read_home, settings):
    settings.WAGTAIL_VECTOR_SEARCH = {"default": {"NONSENSE": 1}}
    assert HEADING not in read_home(report_right)


def test_an_unexpected_error_does_not_break_the_home_page(pages, report_right, read_home, monkeypatch):
    monkeypatch.setattr("wagtail_vector_search.admin.attention.find_notices", None)
    assert HEADING not in read_home(report_right)
