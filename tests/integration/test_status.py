"""``vector_search_status`` tells what the database says."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from wagtail_vector_search.models import Entry, Generation
from wagtail_vector_search.status import get_status

pytestmark = pytest.mark.django_db


def run(*args):
    output = StringIO()
    call_command("vector_search_status", *args, stdout=output)
    return output.getvalue()


@pytest.fixture
def generation(build_index):
    """The generation of an index of one page: the home page."""
    build_index()
    return Generation.objects.get()


def test_an_index_never_built_is_a_problem_and_check_says_so_by_its_exit_status():
    assert "has not been built" in run()
    with pytest.raises(SystemExit) as exit_info:
        run("--check")
    assert exit_info.value.code == 1


def test_a_built_index_has_no_problems(generation):
    assert get_status().problems == []
    run("--check")


def test_the_status_reports_the_server_not_the_settings():
    database = get_status().database
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), extversion FROM pg_extension WHERE extname = 'vector'")
        assert cursor.fetchone() == (database.name, database.pgvector_version)


def test_pages_are_counted_by_state_and_reason(generation):
    Entry.objects.update(state="skipped", skip_reason="private")
    built = get_status().indexes[0].generations[0]
    assert built.pages["skipped"] == 1
    assert built.skipped == {"private": 1}


def test_the_hnsw_index_is_looked_up_in_the_database(generation):
    hnsw = get_status().indexes[0].generations[0].hnsw
    assert hnsw is not None
    assert (hnsw.name, hnsw.valid) == ("wvs_embedding256_hnsw", True)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX wvs_embedding256_hnsw")
    assert "no usable HNSW index. Run: python manage.py update_vector_index" in get_status().problems[0]


def test_other_settings_than_the_index_was_built_with_are_a_problem(generation, settings):
    index_settings = settings.WAGTAIL_VECTOR_SEARCH["default"]
    settings.WAGTAIL_VECTOR_SEARCH = {"default": {**index_settings, "CHUNK_WORDS": 200}}
    assert "built with" in get_status().problems[0]


def test_failed_pages_are_a_problem_and_show_their_error(generation, home):
    page = home
    Entry.objects.update(state="failed", last_error="no such model")
    assert f"page {page.pk}: no such model" in run()
    assert "1 page(s)" in get_status().problems[0]


def test_json_is_machine_readable_and_holds_no_password(generation, settings):
    text = run("--json")
    assert json.loads(text)["indexes"][0]["generations"][0]["dimensions"] == 256
    assert "password" not in text.lower()


def test_the_status_takes_a_constant_number_of_statements(generation, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        get_status()
