"""The report on the search index: what it lists, for whom, in which order, and as a file."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.models import GroupPagePermission

from tests.kept import kept
from tests.testapp.models import RichTextPage
from wagtail_vector_search.admin.permissions import REINDEX, VIEW_REPORT
from wagtail_vector_search.admin.report.totals import Totals, TotalsBar
from wagtail_vector_search.models import Entry, Generation

from ..conftest import grant

FAILURE = (
    "ProviderConfigurationError: demo: HTTP 401, AuthenticationError: invalid api key [removed] (client.py, line 7)"
)


def report_url(**query):
    return reverse("wagtail_vector_search:report", query=query)


def titles(response):
    return [row.title for row in response.context["object_list"]]


def set_state(page, **fields):
    Entry.objects.filter(page=page).update(**fields)


@pytest.fixture
@kept
def pages(section, hidden_section, make_article, build_index, no_worker):
    """One page in each state, of which one is in the section that is hidden from most."""
    made = {
        "fine": make_article("Fine page", "Some text about gardens.", parent=section),
        "waiting": make_article("Waiting page", "Some text about rivers.", parent=section),
        "failed": make_article("Failed page", "Some text about hills.", parent=section),
        "draft": make_article("Draft page", "Some text about lakes.", parent=section, live=False),
        "secret": make_article("Secret page", "Some text about caves.", parent=hidden_section),
    }
    build_index()
    set_state(made["waiting"], state="pending", done_version=0)
    set_state(made["failed"], state="failed", last_error=FAILURE, attempts=8)
    set_state(made["secret"], state="failed", last_error=FAILURE)
    return made


@pytest.fixture
def reporter(report_right, log_in):
    """The browser of an editor of one section who may see the report."""
    return log_in(report_right)


@pytest.fixture
def admin(superuser, log_in):
    """The browser of a user who may see every page."""
    return log_in(superuser)


def test_every_page_is_listed_with_what_is_known_of_it(admin, pages):
    rows = {row.title: row for row in admin.get(report_url()).context["object_list"]}
    assert {"Fine page", "Waiting page", "Failed page", "Draft page", "Secret page"} <= set(rows)
    fine = rows["Fine page"]
    assert (fine.state_label, fine.type, fine.section, fine.locale) == (
        "In search",
        "Article page",
        "Open section",
        "English",
    )
    assert fine.passages == 1
    assert fine.indexed_at is not None
    assert (
        rows["Draft page"].explanation == "Not in search because it is not published. It will be once you publish it."
    )


def test_an_error_is_told_in_plain_words_and_the_technical_one_is_folded(admin, pages):
    html = admin.get(report_url(q="Failed page")).content.decode()
    folded = re.compile(r"<details.*?</details>", re.DOTALL)
    assert "AuthenticationError" in "".join(folded.findall(html))
    unfolded = folded.sub("", html)
    assert "AuthenticationError" not in unfolded
    assert "is not set up correctly" in unfolded


def test_pages_that_need_attention_come_first(reporter, pages):
    assert titles(reporter.get(report_url()))[:2] == ["Failed page", "Waiting page"]


@pytest.mark.parametrize(
    ("ordering", "first", "last"),
    [
        ("title", "Draft page", "Waiting page"),
        ("-title", "Waiting page", "Draft page"),
        ("-state", "Fine page", "Failed page"),
        ("section", "Fine page", "Draft page"),
        ("-indexed_at", None, "Draft page"),
        ("passages", "Draft page", None),
        ("-passages", None, "Draft page"),
        ("password", "Failed page", "Fine page"),
    ],
)
def test_the_report_is_sorted_by_the_chosen_column(reporter, pages, ordering, first, last):
    shown = titles(reporter.get(report_url(ordering=ordering, q=" page")))
    assert first in (None, shown[0])
    assert last in (None, shown[-1])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "failed"}, {"Failed page", "Secret page"}),
        ({"state": "pending"}, {"Waiting page"}),
        ({"reason": "not_live"}, {"Draft page"}),
        ({"q": "waiting"}, {"Waiting page"}),
        ({"q": "page", "state": "indexed"}, {"Fine page"}),
    ],
)
def test_filters_narrow_the_report_down(admin, pages, query, expected):
    assert set(titles(admin.get(report_url(**query)))) == expected


def test_a_section_and_a_type_narrow_the_report_down(admin, pages, section, make_article, build_index):
    section.add_child(instance=RichTextPage(title="Rich page", slug="rich", body="<p>Text</p>"))
    build_index()
    assert "Secret page" not in titles(admin.get(report_url(section=section.pk)))
    assert "Fine page" in titles(admin.get(report_url(section=section.pk)))
    types = dict(admin.get(report_url()).context["filters"].filters["type"].extra["choices"])
    rich = next(key for key, label in types.items() if label == "Rich text page")
    assert titles(admin.get(report_url(type=rich))) == ["Rich page"]


def test_a_long_title_with_markup_stays_text(admin, pages):
    title = "<script>alert(1)</script>" * 8
    type(pages["fine"]).objects.filter(pk=pages["fine"].pk).update(title=title, draft_title=title)
    html = admin.get(report_url(q="script")).content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_the_totals_count_all_pages_and_lead_to_them(admin, pages):
    bar = admin.get(report_url()).context["bar"]
    numbers = {part.label: part.number for part in bar.parts}
    assert numbers["Failed"] == 2
    assert numbers["Waiting"] == 1
    failed = next(part for part in bar.parts if part.label == "Failed")
    assert set(titles(admin.get(failed.url))) == {"Failed page", "Secret page"}
    assert sum(part.width for part in bar.parts) == pytest.approx(100)
    [reason] = [part for part in bar.reasons if part.label == "Not published"]
    assert titles(admin.get(reason.url)) == ["Draft page"]


def test_a_single_page_among_very_many_has_a_visible_part_of_the_bar():
    parts = TotalsBar(Totals(states={"indexed": 99_998, "pending": 1, "failed": 1}), "/", {}).parts
    assert min(part.width for part in parts) > 0.5
    assert [part.start for part in parts[1:]] == [part.start + part.width for part in parts[:-1]]
    assert parts[-1].start + parts[-1].width == pytest.approx(100)


def test_the_shown_part_of_the_totals_leads_back_to_all(admin, pages):
    [part] = [part for part in admin.get(report_url(state="failed")).context["bar"].parts if part.is_current]
    assert "Fine page" in titles(admin.get(part.url))


# Permission


def test_a_user_without_the_permission_does_not_see_the_report(few_rights, log_in, pages):
    editor = log_in(few_rights)
    for name in ("report", "report_results"):
        assert editor.get(reverse(f"wagtail_vector_search:{name}")).status_code == 302
        assert "Fine page" not in editor.get(reverse(f"wagtail_vector_search:{name}"), follow=True).content.decode()
    assert "Search index" not in editor.get(reverse("wagtailadmin_home")).content.decode()


def test_a_user_with_the_permission_finds_the_report_in_the_menu(reporter):
    assert report_url() in reporter.get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize(
    "query",
    [{}, {"q": "Secret"}, {"state": "failed"}, {"export": "csv"}, {"ordering": "section"}],
    ids=lambda query: "-".join(query) or "all",
)
def test_a_hidden_section_leaves_no_trace(reporter, pages, hidden_section, query):
    response = reporter.get(report_url(**query))
    html = b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()
    html = html.replace('value="Secret"', "").replace("q=Secret", "").replace("Secret</", "</")
    assert "Secret" not in html
    assert "Hidden" not in html
    assert "caves" not in html


def test_the_totals_and_choices_count_only_what_the_user_may_see(reporter, pages, hidden_section, build_index):
    hidden_section.add_child(instance=RichTextPage(title="Another secret", slug="another", body="<p>Text</p>"))
    build_index()
    set_state(pages["failed"], state="failed")
    set_state(pages["secret"], state="failed")
    context = reporter.get(report_url()).context
    assert {part.label: part.number for part in context["bar"].parts}["Failed"] == 1
    filters = context["filters"].filters
    assert "Rich text page" not in dict(filters["type"].extra["choices"]).values()
    assert set(filters["section"].paths) == {str(pages["fine"].get_parent().pk)}


def test_narrowing_down_to_a_hidden_section_by_hand_shows_nothing_of_it(reporter, pages, hidden_section):
    shown = titles(reporter.get(report_url(section=hidden_section.pk)))
    assert "Secret page" not in shown


def test_a_section_that_the_user_does_not_get_to_is_not_named(make_editor, log_in, pages, make_article, build_index):
    below = make_article("Below", "Text.", parent=make_article("Between", "Text.", parent=pages["fine"]))
    build_index()
    rows = log_in(make_editor("deep", VIEW_REPORT, page=below)).get(report_url()).context["object_list"]
    assert {(row.title, row.section) for row in rows} == {("Below", ""), ("Between", "")}


def test_a_title_leads_to_the_editor_only_where_the_user_may_edit(reporter, report_right, admin, pages, home):
    rows = {row.title: row for row in reporter.get(report_url()).context["object_list"]}
    assert rows["Fine page"].edit_url == reverse("wagtailadmin_pages:edit", args=[pages["fine"].pk])
    locker = Permission.objects.get(content_type__app_label="wagtailcore", codename="lock_page")
    GroupPagePermission.objects.create(group=report_right.groups.get(), page=home, permission=locker)
    rows = {row.title: row for row in reporter.get(report_url()).context["object_list"]}
    assert rows["Secret page"].edit_url == ""
    assert rows["Fine page"].edit_url


# Files


def test_the_report_is_exported_as_csv(reporter, pages):
    response = reporter.get(report_url(export="csv", state="failed"))
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert [row["Title"] for row in rows] == ["Failed page"]
    assert rows[0]["Section"] == "Open section"
    assert "not set up correctly" in rows[0]["What this means"]
    assert "AuthenticationError" not in str(rows)
    assert response["Content-Disposition"] == 'attachment; filename="search-index.csv"'


def test_the_report_is_exported_as_xlsx(reporter, pages):
    response = reporter.get(report_url(export="xlsx", q="page"))
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    values = list(sheet.values)
    assert values[0][0] == "Title"
    assert {row[0] for row in values[1:]} == {"Fine page", "Waiting page", "Failed page", "Draft page"}


# States of the index


def test_the_report_is_about_the_generation_that_serves(admin, pages):
    building = Generation.objects.create(index_name="default", fingerprint="x", dimensions=256)
    Entry.objects.create(generation=building, page=pages["fine"])
    assert titles(admin.get(report_url())).count("Fine page") == 1
    assert admin.get(report_url()).context["chosen"].is_serving


def test_the_report_is_about_the_generation_being_built_while_none_serves(admin, pages):
    Generation.objects.update(state="building")
    response = admin.get(report_url())
    assert "Fine page" in titles(response)
    assert "does not answer searches yet" in response.content.decode()


def test_the_report_says_that_there_is_no_index(admin, home):
    assert "has not been built yet" in admin.get(report_url()).content.decode()


def test_unusable_settings_do_not_break_the_report(admin, settings, home):
    settings.WAGTAIL_VECTOR_SEARCH = {"default": {"NONSENSE": 1}}
    assert admin.get(report_url()).status_code == 200


def test_another_index_can_be_chosen(admin, pages, settings, build_index):
    first = settings.WAGTAIL_VECTOR_SEARCH["default"]
    settings.WAGTAIL_VECTOR_SEARCH = {
        "default": first,
        "other": {**first, "EXCLUDE_PAGE_TYPES": ["testapp.ArticlePage"]},
    }
    build_index("other")
    response = admin.get(report_url(index="other", reason="page_type"))
    assert "Fine page" in titles(response)
    assert "index=other" in response.context["bar"].parts[0].url
    assert admin.get(report_url()).context["bar"].in_search > response.context["bar"].in_search


# Cost


def test_the_number_of_statements_does_not_depend_on_the_number_of_pages(
    report_right, reporter, pages, make_article, section, build_index
):
    grant(report_right.groups.get(), REINDEX)
    reporter.get(report_url())
    with CaptureQueriesContext(connection) as few:
        reporter.get(report_url())
    for number in range(60):
        make_article(f"Article {number}", "Words, words.", parent=section, live=bool(number % 3))
    build_index()
    Entry.objects.filter(page__title__startswith="Article 1").update(state="failed", last_error=FAILURE)
    with CaptureQueriesContext(connection) as many:
        assert len(titles(reporter.get(report_url()))) == 50
    assert len(many) == len(few), [query["sql"][:100] for query in many]


def test_a_file_costs_as_many_statements_whatever_its_length(reporter, pages, make_article, section, build_index):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            b"".join(reporter.get(report_url(export="csv")).streaming_content)
        return len(queries)

    before = cost()
    for number in range(20):
        make_article(f"Article {number}", "Words, words.", parent=section)
    build_index()
    assert cost() == before
