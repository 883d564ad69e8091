"""An index is taken apart in many ways, and ``vector_search_status`` names each, with what mends it."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from wagtail.models import Page, PageViewRestriction

from tests.integration.indexing.contents import state_of
from tests.testapp.models import ArticlePage
from wagtail_vector_search.models import Embedding256, Entry, EntryTerms, Generation, TermFrequency
from wagtail_vector_search.status import get_status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("articles")]


@pytest.fixture
def articles(make_article, build_index, configure):
    """An index of 13 pages with a cut-off."""
    configure(CUTOFF=0.2)
    for number in range(12):
        make_article(f"Article {number}", f"The boat number {number} crosses the sea and the harbour.")
    build_index()


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")  # the build before has set one; autovacuum may be at the table
        cursor.execute(statement)


def page():
    return ArticlePage.objects.order_by("pk").first()


def take_language(settings):
    settings.WAGTAIL_VECTOR_SEARCH["default"]["ANALYZERS"] = {"en": "tests.analyzers.Other"}


UPDATE = "update_vector_index"
QUEUE = "process_vector_queue"

# What is done to the index, part of the sentence that names it, and the command that the sentence names.
DAMAGES = {
    "no entries": (lambda: Entry.objects.all().delete(), "13 live page(s) are missing", QUEUE),
    "an entry is gone": (lambda: Entry.objects.filter(page=page().pk).delete(), "1 live page(s) are missing", QUEUE),
    "nothing is stored": (
        lambda: [model.objects.all().delete() for model in (Entry, EntryTerms, Embedding256, TermFrequency)],
        "13 live page(s) are missing",
        QUEUE,
    ),
    "all of a page": (
        lambda: [model.objects.filter(page=page().pk).delete() for model in (Entry, EntryTerms, Embedding256)],
        "1 live page(s) are missing",
        QUEUE,
    ),
    "all chunks": (lambda: Embedding256.objects.all().delete(), "lack some of their rows", QUEUE),
    "chunks of a page": (
        lambda: Embedding256.objects.filter(page=page().pk).delete(),
        "lack some of their rows",
        QUEUE,
    ),
    "terms of a page": (lambda: EntryTerms.objects.filter(page=page().pk).delete(), "lack some of their rows", QUEUE),
    "no document frequencies": (lambda: TermFrequency.objects.all().delete(), "document frequencies", UPDATE),
    "some document frequencies": (
        lambda: TermFrequency.objects.filter(term="boat").delete(),
        "document frequencies",
        UPDATE,
    ),
    "vectors of something else": (
        lambda: Embedding256.objects.update(embedding=[1.0] * 256),
        "not those that its model gives now",
        "update_vector_index --rebuild",
    ),
    "the index on terms": (lambda: execute("DROP INDEX wvs_entryterms_terms"), "wvs_entryterms_terms", "sqlmigrate"),
    "the index on what is due": (lambda: execute("DROP INDEX wvs_due_entries"), "wvs_due_entries", "sqlmigrate"),
    "calibration": (lambda: Generation.objects.update(background_similarity=None), "is not calibrated", UPDATE),
    "unpublished silently": (lambda: Page.objects.filter(pk=page().pk).update(live=False), "must not be in", QUEUE),
    "closed silently": (
        lambda: PageViewRestriction.objects.bulk_create(
            [PageViewRestriction(page=page().page_ptr, restriction_type="login")]
        ),
        "must not be in",
        QUEUE,
    ),
    "edited silently": (
        lambda: ArticlePage.objects.filter(pk=page().pk).update(introduction="Another text."),
        "read otherwise than they are stored",
        UPDATE,
    ),
    # In the transaction of a test it cannot be built again.
    "the hnsw index": (lambda: execute("DROP INDEX wvs_embedding256_hnsw"), "no usable HNSW index", "Run: python"),
    "failed": (lambda: Entry.objects.filter(page=page().pk).update(state="failed"), "1 page(s) of the index", "failed"),
    "given no state": (
        lambda: Entry.objects.filter(page=page().pk).update(state="skipped", skip_reason="private"),
        "1 live page(s) are missing",
        QUEUE,
    ),
    "in a year": (
        lambda: execute(
            "UPDATE wagtail_vector_search_entry SET state = 'pending', next_attempt_at = now() + interval '1 year'"
        ),
        "a clock was wrong",
        QUEUE,
    ),
    "a generation that does not serve": (
        lambda: Generation.objects.update(state="retired"),
        "has not been built",
        UPDATE,
    ),
    "another fingerprint": (lambda: Generation.objects.update(fingerprint="0"), "other settings", UPDATE),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_taken_apart_is_named_and_its_remedy_mends_it(damage):
    take_apart, sentence, command = DAMAGES[damage]
    take_apart()
    output = StringIO()
    with pytest.raises(SystemExit):
        call_command("vector_search_status", "--check", stdout=output)
    named = next(line for line in output.getvalue().splitlines() if sentence in line)
    assert command in named
    name, *options = command.split()
    if name in (UPDATE, QUEUE):
        call_command(name, *options, quiet=True)
        if name == QUEUE:
            call_command(UPDATE, quiet=True)  # the frequencies of rows that were deleted behind our back
        assert get_status(sampled=True).problems == []


def test_an_index_that_is_whole_has_no_problems():
    assert get_status(sampled=True).problems == []


def test_the_home_page_and_the_check_do_not_read_pages_or_call_a_model(provider):
    calls = provider.calls
    ArticlePage.objects.update(introduction="Another text.")
    assert get_status().problems == []
    assert provider.calls == calls


def test_a_fixture_that_is_loaded_after_the_build_is_named(tmp_path, home):
    call_command("vector_search_status", "--check", stdout=StringIO())
    article = page()
    fixture = tmp_path / "pages.json"
    call_command("dumpdata", "wagtailcore.page", "testapp.articlepage", output=str(fixture), verbosity=0)
    article.delete()
    call_command("loaddata", str(fixture), verbosity=0)
    assert "1 live page(s) are missing" in get_status().problems[0]
    call_command(QUEUE, quiet=True)
    assert get_status().problems == []
    assert state_of(article).state == "indexed"
