"""Words stemmed by a text-search configuration of the site's own."""

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, Page

from wagtail_vector_search.analysis import get_analyzer, get_analyzers
from wagtail_vector_search.analysis.postgres import PostgresAnalyzer
from wagtail_vector_search.exceptions import SettingsError
from wagtail_vector_search.models import Entry, Generation
from wagtail_vector_search.retrieval import Legs, rank_pages

pytestmark = pytest.mark.django_db(transaction=True)

ANALYZERS = {"fr": {"ANALYZER": "wagtail_vector_search.analysis.PostgresAnalyzer", "OPTIONS": {"config": "seafaring"}}}


@pytest.fixture
def seafaring():
    """A configuration that takes German stems for French ones, so that it is seen which one was used."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEXT SEARCH CONFIGURATION seafaring (COPY = german)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TEXT SEARCH CONFIGURATION IF EXISTS seafaring")


@pytest.fixture
def french(home, make_article):
    locale = Locale.objects.create(language_code="fr")
    root = home.copy_for_translation(locale)
    root.save_revision().publish()

    def make(title, text):
        return make_article(title, text, parent=root, locale=locale)

    return make


def found(query):
    ranking = rank_pages(query, Page.objects.filter(locale__language_code="fr"), legs=Legs.KEYWORD)
    return {page.page_id for page in ranking.pages}


def test_the_stems_are_those_of_the_configuration(seafaring):
    analyzer = get_analyzer("fr", ANALYZERS)
    assert analyzer.tokens("Leuchttürmen")[0].term == "leuchtturm"
    assert analyzer.tokens("L'école d'été")[0].folded == "ecole"


def test_a_batch_of_texts_costs_one_statement(seafaring, django_assert_num_queries):
    analyzer = get_analyzer("fr", {"fr": {**ANALYZERS["fr"], "OPTIONS": {"config": "seafaring", "using": "default"}}})
    assert isinstance(analyzer, PostgresAnalyzer)
    analyzer._stems.clear()
    with django_assert_num_queries(3):  # with the beginning and the end of a transaction
        analyzer.prepare(["Leuchttürme am Meer", "Boote im Hafen"])
    with django_assert_num_queries(0):
        analyzer.count("Leuchttürme am Meer. Boote im Hafen")


def test_pages_are_found_by_it(seafaring, french, build_index, configure):
    configure(ANALYZERS=ANALYZERS)
    page = french("Leuchttürme", "Leuchttürme am Meer.")
    build_index()
    assert found("leuchtturm") == {page.pk}


def test_another_dictionary_calls_for_an_update(seafaring, french, build_index, configure):
    configure(ANALYZERS=ANALYZERS)
    french("Leuchttürme", "Leuchttürme am Meer.")
    build_index()
    before = Generation.objects.get().pk
    with connection.cursor() as cursor:
        cursor.execute("ALTER TEXT SEARCH CONFIGURATION seafaring ALTER MAPPING FOR word WITH simple")
    build_index()
    assert Generation.objects.get().pk != before


def test_without_its_configuration_pages_of_other_languages_are_indexed(french, make_article, build_index, configure):
    configure(ANALYZERS=ANALYZERS)
    page, english = french("Phares", "Les phares."), make_article("Lighthouses", "The lights.")
    report = build_index(partial=True)
    assert report.failed == 2
    assert "seafaring" in (Entry.objects.get(page=page).last_error or "")
    assert Entry.objects.get(page=english).state == "indexed"


def test_a_search_without_its_configuration_goes_on_with_the_usual_stems(seafaring, french, build_index, configure):
    configure(ANALYZERS=ANALYZERS)
    french("Leuchttürme", "Leuchttürme am Meer.")
    build_index()
    with connection.cursor() as cursor:
        cursor.execute("DROP TEXT SEARCH CONFIGURATION seafaring")
    analyzer = get_analyzer("fr", ANALYZERS)
    assert isinstance(analyzer, PostgresAnalyzer)
    analyzer._stems.clear()
    assert found("mer") == set()
    with pytest.raises(SettingsError, match="CREATE TEXT SEARCH CONFIGURATION"):
        analyzer.prepare(["mer"])


def test_a_check_names_the_missing_configuration(configure):
    configure(ANALYZERS=ANALYZERS)
    messages = [message for message in run_checks(databases=["default"]) if message.id == "wagtail_vector_search.E014"]
    assert '"seafaring"' in messages[0].msg


@pytest.mark.parametrize("path", ["no.such.Analyzer", "datetime.date", ""])
def test_a_check_names_an_analyzer_that_cannot_be_made(configure, path):
    configure(ANALYZERS={"fr": {"ANALYZER": path or "nothing"}})
    (message,) = [message for message in run_checks() if message.id == "wagtail_vector_search.E014"]
    assert '["ANALYZERS"]["fr"]' in str(message.hint)


def test_a_search_of_words_met_before_asks_postgresql_for_no_stem(seafaring, french, build_index, configure):
    configure(ANALYZERS=ANALYZERS)
    page = french("Leuchttürme", "Leuchttürme am Meer.")
    build_index()
    found("leuchtturm")
    with CaptureQueriesContext(connection) as captured:
        assert found("leuchtturm") == {page.pk}
    assert not [query for query in captured.captured_queries if "pg_ts_" in query["sql"] or "tsvector" in query["sql"]]


@pytest.mark.parametrize(
    ("codes", "read"),
    [
        (["en", "en-gb", "fr"], ["en", "fr"]),
        (["en-gb", "de", "en"], ["en-gb", "de"]),
        (["pt-br", "pt"], ["pt-br", "pt"]),
        ([], []),
    ],
)
def test_codes_that_are_read_alike_share_an_analyzer(codes, read):
    configured = {"pt": "tests.analyzers.ShoutingAnalyzer", "pt-br": "wagtail_vector_search.analysis.Analyzer"}
    assert [analyzer.language_code for analyzer in get_analyzers(codes, configured)] == read
