"""``manage.py update_vector_index``."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.testapp.models import ArticlePage
from wagtail_vector_search.database.availability import forget_ready
from wagtail_vector_search.management import terminal
from wagtail_vector_search.management.commands import update_vector_index as command
from wagtail_vector_search.models import Embedding256, Entry, EntryTerms, Generation, TermFrequency

from .contents import generation, is_stored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pages(make_article, no_worker):
    return [make_article(f"Page {number}", introduction="The boat crosses the sea.") for number in range(3)]


def run(*args, status=0):
    output, errors = StringIO(), StringIO()
    if status:
        with pytest.raises(SystemExit) as exit_info:
            call_command("update_vector_index", *args, stdout=output, stderr=errors)
        assert exit_info.value.code == status
    else:
        call_command("update_vector_index", *args, stdout=output, stderr=errors)
    return output.getvalue() + errors.getvalue()


def test_an_update_builds_the_index_and_says_what_it_did(pages):
    output = run()
    assert "4 indexed, 0 unchanged, 0 removed, 0 skipped, 0 failed in" in output
    assert re.search(r"[\d,]+ pages/s", output)
    assert "It serves searches now." in output
    assert all(is_stored(page) for page in pages)


def test_a_second_run_says_that_nothing_changed(pages):
    run()
    output = run()
    assert "0 indexed, 4 unchanged" in output
    assert "serves" not in output


def test_removed_and_skipped_pages_are_told_apart(pages):
    run()
    ArticlePage.objects.filter(pk=pages[0].pk).update(live=False)
    assert "3 unchanged, 1 removed, 0 skipped" in run()
    assert "3 unchanged, 0 removed, 1 skipped" in run()


def test_a_dry_run_tells_the_cost_and_changes_nothing(pages, configure):
    configure(OPTIONS={"batch_size": 2})
    output = run("--dry-run")
    assert "4 pages: 4 chunks" in output
    assert "in 2 calls of deterministic" in output
    tokens = re.search(r"about (\d+) tokens", output)
    assert tokens and int(tokens[1]) > 10
    for model in (Generation, Entry, EntryTerms, TermFrequency, Embedding256):
        assert not model.objects.exists()


def test_a_dry_run_names_what_the_calibration_costs(pages, configure):
    assert "calibration" not in run("--dry-run")
    configure(CUTOFF=0.2)
    first = run("--dry-run")
    run()
    Generation.objects.update(background_similarity=None)
    again = run("--dry-run")
    assert "would write 4 pages" in first
    assert "would write 0 pages: 0 chunks to embed, about" in again
    for output in (first, again):
        assert re.search(r", of which about [\d,]+ tokens in \d calls are for the calibration of the cut-off", output)


def test_a_dry_run_calls_no_provider(pages, provider):
    run("--dry-run")
    assert provider.calls == 0


def test_a_dry_run_over_an_index_counts_only_what_is_missing(pages):
    run()
    page = ArticlePage.objects.get(pk=pages[0].pk)
    ArticlePage.objects.filter(pk=page.pk).update(body=[("heading", "New"), ("paragraph", "<p>More text.</p>")])
    ArticlePage.objects.filter(pk=pages[1].pk).update(live=False)
    version = Entry.objects.get(page=page.pk).requested_version
    output = run("--dry-run")
    assert "1 pages: 1 chunks" in output
    assert "2 unchanged, 1 to remove" in output
    assert Entry.objects.get(page=page.pk).requested_version == version


def test_only_some_pages(pages):
    run()
    ArticlePage.objects.update(introduction="The bread.")
    assert "2 indexed" in run("--pages", f"{pages[0].pk},{pages[1].pk}")


def test_a_page_that_does_not_exist_is_no_error(pages):
    run()
    assert "0 indexed" in run("--pages", "999999")


def test_naming_pages_before_the_first_build_says_that_it_is_not_complete(pages):
    assert "does not serve searches yet" in run("--pages", str(pages[0].pk))


def test_only_one_index(pages, settings):
    index = settings.WAGTAIL_VECTOR_SEARCH["default"]
    settings.WAGTAIL_VECTOR_SEARCH = {"default": index, "other": index}
    run("--index", "other")
    assert [row.index_name for row in Generation.objects.all()] == ["other"]
    run()
    assert Generation.objects.count() == 2


def test_rebuild_makes_a_new_generation(pages):
    run()
    before = generation().pk
    assert "4 indexed" in run("--rebuild")
    assert generation().pk != before


def test_quiet_prints_nothing(pages):
    assert run("--quiet") == ""
    assert run("--verbosity", "0") == ""


def test_ctrl_c_says_how_to_go_on(pages, monkeypatch):
    def press(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "update_index", press)
    assert "run the same command again to continue" in run(status=130)


def test_a_failed_page_makes_the_exit_status_1(pages, monkeypatch):
    run()
    ArticlePage.objects.filter(pk=pages[0].pk).update(title="Bad")

    def refuse(page):
        if page.title == "Bad":
            raise ValueError("no")
        return ""

    monkeypatch.setattr(ArticlePage, "get_computed_text", refuse)
    output = run(status=1)
    assert "1 failed" in output
    assert "vector_search_status" in output


def test_an_outage_makes_the_exit_status_1_and_says_what_is_wrong(pages, use_provider):
    use_provider("DownProvider")
    output = run(status=1)
    assert "No answer from the embedding service." in output
    assert "4 page(s) wait for their vectors" in output


def test_progress_is_told_in_lines_where_there_is_no_terminal(pages, monkeypatch):
    monkeypatch.setattr(terminal, "PROGRESS_SECONDS", 0)
    assert re.search(r"default: 4 of 4 pages, [\d,]+ pages/s, 0 s left", run())


def test_progress_is_a_bar_on_a_terminal(pages, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    output = run()
    assert "4 of 4" not in output
    assert "pages/s" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--index", "nothing"], 'no index "nothing"'),
        (["--rebuild", "--pages", "1"], "leave out --pages"),
        (["--pages", "one"], "--pages"),
    ],
)
def test_wrong_arguments_say_what_is_wrong(pages, args, message):
    with pytest.raises(CommandError, match=message):
        run(*args)


def test_a_dimension_without_a_table_names_the_class_to_paste(pages, configure):
    configure(OPTIONS={"dimensions": 123})
    with pytest.raises(CommandError, match=r"HalfVectorField\(dimensions=123\)"):
        run()


def test_a_provider_that_cannot_be_imported_names_the_setting(pages, configure):
    configure(PROVIDER="nowhere.Provider")
    with pytest.raises(CommandError, match='"PROVIDER"'):
        run()


def test_other_databases_are_refused_with_what_to_change(pages, monkeypatch):
    monkeypatch.setattr(connection, "vendor", "sqlite")
    with pytest.raises(CommandError, match="needs PostgreSQL"):
        run()


def test_missing_tables_say_to_create_them_again(pages):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {Generation._meta.db_table} RENAME TO elsewhere")
    try:
        forget_ready()
        with pytest.raises(CommandError, match=r"manage\.py update_vector_index --recreate-tables"):
            run()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE elsewhere RENAME TO {Generation._meta.db_table}")
