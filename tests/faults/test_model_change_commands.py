"""``update_vector_index`` with --activate-partial, --abandon and --prune."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page

from tests.kept import kept
from tests.misbehaving import DownProvider
from tests.tally import tally
from tests.testapp.models import ArticlePage
from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.generations.lifecycle import abandon, get_or_create_generation
from wagtail_vector_search.indexing.survey import survey
from wagtail_vector_search.models import Embedding256, Entry, EntryTerms, Generation, TermFrequency

from .model_changes import active, ask, building, stored_pages

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = (Generation, Entry, EntryTerms, TermFrequency, Embedding256)


def run(*args, status=0):
    """Run the command and return all it prints."""
    output = StringIO()
    try:
        call_command("update_vector_index", *args, stdout=output, stderr=output)
    except SystemExit as end:
        assert end.code == status, output.getvalue()
    else:
        assert status == 0, output.getvalue()
    return output.getvalue()


def row_counts():
    return [model._base_manager.count() for model in TABLES]


@pytest.fixture
@kept
def site(make_article, build_index, no_worker):
    """Ten pages with an index over them."""
    pages = [make_article(f"Page {number}", introduction="The boat crosses the sea.") for number in range(9)]
    build_index()
    return pages


@pytest.fixture
def half_built(site, configure, build_index):
    """The settings name another model, of whose index two pages are done."""
    tally("model changes")
    before = active()
    configure(MODEL="second")
    build_index(page_ids=[site[0].pk, site[1].pk])
    return before


@pytest.fixture
def poisoned(site, use_provider):
    """Of the next index, one page in ten fails."""
    before = active()
    ArticlePage.objects.filter(pk=site[0].pk).update(title="poison")
    use_provider("PickyProvider")
    return before


def test_an_index_of_which_too_many_pages_fail_does_not_take_over(poisoned):
    output = run(status=1)
    assert "more than 5% of its pages failed" in output
    assert "--activate-partial" in output
    assert active().pk == poisoned.pk
    assert building().configuration["provider"].endswith("PickyProvider")


def test_an_index_with_failed_pages_takes_over_on_request_and_says_what_is_missing(poisoned, site):
    run(status=1)
    output = run("--activate-partial", status=1)
    assert "It serves searches now." in output
    assert f"page {site[0].pk}: " in output
    assert active().pk != poisoned.pk
    assert Generation.objects.count() == 1
    assert "Page 5" in ask("boat sea")[0]


def test_one_page_in_twenty_may_fail(make_article, poisoned):
    for number in range(10):
        make_article(f"More {number}", introduction="The boat crosses the sea.")
    assert "It serves searches now." in run(status=1)
    assert active().pk != poisoned.pk


def test_an_index_without_a_single_page_never_takes_over(site, use_provider):
    before = active()
    Page.objects.update(title="poison")
    use_provider("PickyProvider")
    output = run("--activate-partial", status=1)
    assert active().pk == before.pk
    assert "--activate-partial" not in output


def test_an_outage_never_lets_an_index_take_over(site, use_provider, build_index, monkeypatch):
    before = active()
    use_provider("DownProvider")
    monkeypatch.setattr(DownProvider, "down", False)
    build_index(page_ids=[page.pk for page in site])
    monkeypatch.setattr(DownProvider, "down", True)
    run("--activate-partial", status=1)
    assert active().pk == before.pk


def test_an_index_given_up_goes_with_all_its_rows_and_the_other_serves_on(half_built):
    given_up = building()
    output = run("--abandon")
    assert f"generation {given_up.pk} (second, 256 dimensions), 2 pages with 2 chunks, is given up" in output
    assert f"Generation {half_built.pk} (deterministic, 256 dimensions) goes on serving." in output
    assert Generation.objects.get().pk == half_built.pk
    assert stored_pages(given_up) == (set(), set())
    assert ask("boat")[0]


def test_giving_up_where_nothing_is_built_does_nothing(site):
    before = row_counts()
    assert "no generation is being built" in run("--abandon")
    assert row_counts() == before


def test_giving_up_a_first_build_says_that_nothing_serves(make_article, build_index):
    build_index(page_ids=[make_article("Sailing").pk])
    assert "No generation serves" in run("--abandon")
    assert not Generation.objects.exists()


@pytest.mark.usefixtures("half_built")
def test_only_the_named_index_is_given_up(settings, build_index):
    index = settings.WAGTAIL_VECTOR_SEARCH["default"]
    settings.WAGTAIL_VECTOR_SEARCH = {"default": index, "other": index}
    run("--abandon", "--index", "other")
    assert building()


@pytest.mark.usefixtures("half_built")
def test_a_run_whose_index_is_given_up_ends_and_says_so(monkeypatch):
    """Another process retires the generation between two of the run's batches."""
    monkeypatch.setattr("wagtail_vector_search.indexing.update.iterate_page_ids", lambda _: _giving_up())
    with pytest.raises(CommandError, match="retired the generation"):
        run()
    assert Generation.objects.filter(state="building").count() == 0


def _giving_up():
    keys = list(ArticlePage.objects.values_list("pk", flat=True))
    yield keys[:2]
    abandon("default", "default")
    yield keys[2:]


@pytest.mark.usefixtures("half_built")
def test_a_run_whose_index_is_deleted_under_it_ends_and_says_so(monkeypatch):
    def delete(writable, page_ids):
        found = survey(writable, page_ids)
        run("--abandon")
        return found

    monkeypatch.setattr("wagtail_vector_search.indexing.bulk.survey", delete)
    with pytest.raises(CommandError, match="retired the generation"):
        call_command("update_vector_index", quiet=True)


def test_prune_deletes_retired_indexes_and_says_what_was_freed(half_built):
    abandon("default", "default")
    output = run("--prune")
    assert "(second, 256 dimensions), 2 pages with 2 chunks, deleted." in output
    assert Generation.objects.get().pk == half_built.pk
    assert "There is nothing to delete." in run("--prune")


def test_prune_deletes_an_index_that_is_not_in_the_settings_any_more(site, settings, build_index):
    index = settings.WAGTAIL_VECTOR_SEARCH["default"]
    settings.WAGTAIL_VECTOR_SEARCH = {"default": index, "other": index}
    build_index("other")
    before = active_of("other")
    settings.WAGTAIL_VECTOR_SEARCH = {"default": index}
    assert 'Index "other"' in run("--prune", "--index", "other")
    assert stored_pages(before) == (set(), set())
    assert Generation.objects.get().index_name == "default"


def active_of(index_name):
    return Generation.objects.get(index_name=index_name, state="active")


@pytest.mark.usefixtures("half_built")
def test_prune_keeps_what_serves_and_what_is_being_built():
    before = row_counts()
    assert "There is nothing to delete." in run("--prune")
    assert row_counts() == before


@pytest.mark.parametrize("option", ["--abandon", "--prune"])
def test_a_dry_run_says_what_would_go_and_changes_nothing(half_built, option):
    if option == "--prune":
        abandon("default", "default")
    before = row_counts(), Generation.objects.filter(state="building").count()
    output = run(option, "--dry-run")
    assert "2 pages with 2 chunks" in output
    assert "Nothing was changed." in output
    assert (row_counts(), Generation.objects.filter(state="building").count()) == before


def test_a_dry_run_of_a_rebuild_counts_every_page(site):
    assert "would write 0 pages" in run("--dry-run")
    assert "would write 10 pages" in run("--dry-run", "--rebuild")


@pytest.mark.parametrize(
    "options",
    [
        ["--abandon", "--prune"],
        ["--abandon", "--rebuild"],
        ["--abandon", "--pages", "1"],
        ["--abandon", "--activate-partial"],
        ["--prune", "--rebuild"],
        ["--prune", "--pages", "1"],
        ["--prune", "--activate-partial"],
        ["--activate-partial", "--pages", "1"],
        ["--activate-partial", "--dry-run"],
        ["--rebuild", "--pages", "1"],
    ],
    ids=" ".join,
)
def test_options_that_make_no_sense_together_are_refused(home, options):
    with pytest.raises(CommandError, match="leave out --"):
        call_command("update_vector_index", *options)
    assert not Generation.objects.exists()


def test_a_half_built_index_is_continued_by_an_update(half_built, build_index):
    continued = building().pk
    report = build_index()
    assert (report.indexed, report.unchanged) == (8, 2)
    assert active().pk == continued


def test_two_runs_that_begin_at_once_work_on_the_same_index(site, configure):
    configure(MODEL="second")
    first = get_or_create_generation(get_index_settings(), "default")
    assert get_or_create_generation(get_index_settings(), "default").pk == first.pk


def test_of_two_runs_that_begin_at_once_the_first_sets_the_average_length(site, configure, build_index, monkeypatch):
    """The stored weights of a page depend on it, so two runs with one of their own each would undo each other."""

    def estimate(writable):
        Generation.objects.filter(pk=writable.generation_id).update(average_length=7.0)
        return 5.0

    configure(MODEL="second")
    monkeypatch.setattr("wagtail_vector_search.indexing.update.estimate_average_length", estimate)
    monkeypatch.setattr("wagtail_vector_search.indexing.update.has_drifted", lambda *_: False)
    build_index()
    assert active().average_length == 7.0
    assert build_index().indexed == 0
