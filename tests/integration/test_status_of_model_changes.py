"""Status and checks while an index is built for another model, and when one is behind."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.misbehaving import DownProvider
from tests.testapp.models import ArticlePage
from wagtail_vector_search import checks
from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.generations.lifecycle import activate, get_or_create_generation
from wagtail_vector_search.models import Entry, Generation
from wagtail_vector_search.status import get_status

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(make_article, build_index, no_worker):
    """Four pages with an index over them."""
    pages = [make_article(f"Page {number}", introduction="The boat crosses the sea.") for number in range(3)]
    build_index()
    return [pages[0].get_parent(), *pages]


@pytest.fixture
def build_some(configure, build_index, site):
    """Return a function that changes the model and builds the new index for some of the pages."""

    def build(number, **change):
        configure(**(change or {"MODEL": "second"}))
        build_index(page_ids=[page.pk for page in site[:number]])

    return build


def let_time_pass(days=1):
    Entry.objects.update(
        indexed_at=F("indexed_at") - timedelta(days=days), requested_at=F("requested_at") - timedelta(days=days)
    )
    Generation.objects.update(created_at=timezone.now() - timedelta(days=days))


def run(*args, status=0):
    output = StringIO()
    try:
        call_command("vector_search_status", *args, stdout=output)
    except SystemExit as end:
        assert end.code == status
    else:
        assert status == 0
    return output.getvalue()


def problem():
    (found,) = get_status().problems
    return found


def test_a_build_that_a_process_works_on_is_no_problem_and_its_progress_shows(build_some):
    build_some(3)
    output = run("--check")
    assert f"generation {Generation.objects.get(state='active').pk}" in output
    assert "3 of 4 pages, 75 %, 0 failed" in output
    assert "takes over by itself" in output
    assert "No problems found." in output


def test_the_same_for_programs(build_some):
    build_some(3)
    (index,) = json.loads(run("--json"))["indexes"]
    assert index["serving"] == Generation.objects.get(state="active").pk
    serving, building = index["generations"]
    assert (serving["matches_settings"], building["matches_settings"]) == (False, True)
    assert serving["build"] is None
    build = building["build"]
    assert (build["state"], build["done"], build["total"], build["percentage"]) == ("running", 3, 4, 75)


def test_a_build_that_no_process_works_on_is_a_problem_with_both_commands(build_some):
    build_some(2)
    let_time_pass()
    assert "2 of 4 pages, 50 %" in problem()
    assert "python manage.py update_vector_index" in problem()
    assert "--abandon" in problem()
    run("--check", status=1)


def test_a_worker_that_has_a_page_to_itself_works_on_it(build_some):
    build_some(2)
    let_time_pass()
    page = Entry.objects.filter(generation__state="building").values("pk")[:1]
    Entry.objects.filter(pk__in=page).update(lease_expires_at=timezone.now() + timedelta(minutes=5))
    assert get_status().problems == []


def test_a_complete_build_that_does_not_serve_is_a_problem_with_the_command(build_some):
    build_some(4)
    let_time_pass()
    assert "4 of 4 pages, 100 %" in problem()
    assert "It is complete and does not serve yet. Run: python manage.py update_vector_index" in problem()


def test_a_build_of_which_too_many_pages_fail_is_a_problem_with_the_choices(site, configure, build_index):
    ArticlePage.objects.filter(pk=site[1].pk).update(title="poison")
    configure(PROVIDER="tests.misbehaving.PickyProvider")
    build_index()
    let_time_pass()
    assert "3 of 4 pages, 75 %" in problem()
    assert "--activate-partial" in problem()
    build = get_status().indexes[0].generations[1].build
    assert build is not None
    assert build.state == "failing"


def test_a_build_for_former_settings_is_a_problem(build_some, configure):
    build_some(2)
    configure(MODEL="third")
    unwanted, mismatch = get_status().problems
    assert "The settings have changed since it was begun" in unwanted
    assert "other settings than the present ones" in mismatch


def test_a_build_for_former_settings_is_a_problem_after_they_are_changed_back(build_some, configure):
    build_some(2)
    configure(MODEL="deterministic")
    assert "--abandon" in problem()


def test_a_first_build_says_how_far_it_is(make_article, build_index):
    page = make_article("Sailing")
    build_index(page_ids=[page.pk])
    assert "being built for the first time: 1 of 2 pages are done" in problem()


@pytest.mark.parametrize(
    "change",
    [
        {"OPTIONS": {"dimensions": 384}},
        {"MODEL": "second"},
        {"CHUNK_OVERLAP": 5},
        {"PROVIDER": "tests.misbehaving.HookedProvider"},
    ],
)
def test_settings_that_an_update_would_build_anew_for_do_not_match(site, configure, change):
    configure(**change)
    settings = get_index_settings()
    assert "other settings than the present ones" in problem()
    assert get_or_create_generation(settings, "default").state == "building"


@pytest.mark.parametrize("change", [{"OPTIONS": {"batch_size": 3}}, {"SEMANTIC_WEIGHT": 0.1}, {"PAGE_TYPES": []}])
def test_settings_that_an_update_would_go_on_with_match(site, configure, change):
    configure(**change)
    assert get_status().problems == []
    assert get_or_create_generation(get_index_settings(), "default").state == "active"


def test_an_index_that_is_behind_says_by_how_much_and_what_to_run(site):
    page = ArticlePage.objects.first()
    page.save_revision().publish()
    assert get_status().problems == []
    Entry.objects.filter(page=page.pk).update(requested_at=timezone.now() - timedelta(minutes=40))
    assert "is behind by 40 minutes: 1 page(s) wait" in problem()
    assert "python manage.py process_vector_queue" in problem()


def test_a_page_that_is_being_worked_on_is_not_behind(site):
    Entry.objects.filter(page=site[1].pk).update(
        state="pending",
        requested_at=timezone.now() - timedelta(minutes=40),
        lease_expires_at=timezone.now() + timedelta(minutes=5),
    )
    assert get_status().problems == []


def test_pages_that_an_update_looks_at_again_have_not_waited_since_they_were_edited(
    site, use_provider, build_index, monkeypatch
):
    monkeypatch.setattr(DownProvider, "down", False)
    use_provider("DownProvider")
    build_index()
    let_time_pass()
    ArticlePage.objects.update(introduction="Bread is baked.")
    monkeypatch.setattr(DownProvider, "down", True)
    build_index()
    assert Entry.objects.filter(state="pending").exists()
    assert not any("behind" in text for text in get_status().problems)


def test_checks_report_it_too(build_some):
    build_some(4)
    let_time_pass()
    (message,) = checks.check_database(databases=["default"])
    assert message.id == "wagtail_vector_search.W004"
    assert "python manage.py update_vector_index" in message.msg


def test_the_status_takes_as_many_statements_for_any_number_of_pages(build_some, make_article):
    build_some(2)
    with CaptureQueriesContext(connection) as few:
        get_status()
    for number in range(5):
        make_article(f"More {number}")
    with CaptureQueriesContext(connection) as many:
        get_status()
    assert len(few) == len(many) <= 25


def test_a_run_that_activates_what_serves_already_does_nothing(site):
    serving = Generation.objects.get()
    assert activate(serving) is False
    assert Generation.objects.get().activated_at == serving.activated_at
