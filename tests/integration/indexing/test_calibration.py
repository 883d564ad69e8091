"""What a generation's similarities mean is measured when it is built."""

import pytest
from wagtail.models import Locale, Page

from tests.misbehaving import DownProvider, RateLimitedProvider
from wagtail_vector_search.analysis import get_analyzer
from wagtail_vector_search.indexing.calibration import SAMPLE, make_up_queries
from wagtail_vector_search.models import Generation
from wagtail_vector_search.retrieval import rank_pages
from wagtail_vector_search.status import get_status

pytestmark = pytest.mark.django_db

ENGLISH = get_analyzer("en", {})
SUBJECTS = ("bread", "boats", "tax", "snow", "chess", "bees", "glass", "trains", "tea", "moths")


@pytest.fixture
def with_cutoff(configure):
    configure(CUTOFF=0.375)


@pytest.fixture
def site(with_cutoff, make_article, build_index):
    for subject in SUBJECTS:
        for other in ("history", "prices"):
            text = f"About the {other} of {subject}: {subject} has a long {other}, says every book on {subject}."
            make_article(f"The {other} of {subject}", text)
    build_index()


def test_titles_are_nearer_to_their_pages_than_noise_is_to_any(site):
    index = Generation.objects.get()
    assert index.background_similarity
    assert index.title_similarity
    assert index.background_similarity < index.title_similarity
    assert index.calibrated_page_count == index.page_count == 2 * len(SUBJECTS) + 1


def test_a_query_about_nothing_finds_nothing_and_one_about_something_does(site):
    for backend in ("hybrid", "semantic"):
        assert list(Page.objects.search("qwertz plomb frutzel", backend=backend)) == []
        assert Page.objects.search("history of chess", backend=backend)[0].title == "The history of chess"


def test_without_a_cutoff_noise_has_results(site, configure):
    configure(CUTOFF=0)
    assert Page.objects.search("qwertz plomb frutzel", backend="hybrid").count() > 0


def test_an_index_without_a_cutoff_is_calibrated_when_it_gets_one(home, make_article, build_index, configure, provider):
    make_article("One", "A text.")
    build_index()
    assert Generation.objects.get().background_similarity is None
    provider.reset()
    configure(CUTOFF=0.375)
    build_index()
    assert Generation.objects.get().background_similarity is not None
    assert len(provider.texts) == SAMPLE + 2  # queries about nothing, and titles


def test_a_site_is_measured_once(site, build_index, provider):
    provider.reset()
    build_index()
    assert provider.calls == 0


def test_a_site_is_measured_again_when_it_has_doubled(site, make_article, build_index):
    before = Generation.objects.get().calibrated_page_count
    for number in range(before):
        make_article(f"Another {number}", f"Page {number} about nothing much.")
    build_index()
    assert Generation.objects.get().calibrated_page_count == 2 * before


def test_a_calibration_waits_for_a_provider_that_limits_its_calls(site, build_index, use_provider, monkeypatch):
    Generation.objects.update(background_similarity=None)
    use_provider("RateLimitedProvider")
    monkeypatch.setattr(RateLimitedProvider, "refusals", 2)
    build_index()
    assert RateLimitedProvider.refusals == 0
    assert Generation.objects.get(state="active").background_similarity is not None


def test_without_a_calibration_status_says_so_and_nonsense_finds_nothing(site, build_index, use_provider, monkeypatch):
    Generation.objects.update(background_similarity=None, title_similarity=None, calibrated_page_count=0)
    (problem,) = get_status().problems
    assert "not calibrated" in problem
    assert "python manage.py update_vector_index" in problem
    assert Page.objects.search("qwertz plomb frutzel", backend="hybrid").count() == 0
    assert Page.objects.search("history of chess", backend="hybrid")[0].title == "The history of chess"
    build_index()
    assert get_status().problems == []


def test_a_provider_that_is_down_leaves_the_calibration_for_later(site, build_index, use_provider, monkeypatch):
    Generation.objects.update(background_similarity=None)
    use_provider("DownProvider")
    monkeypatch.setattr(DownProvider, "down", True)
    build_index()
    assert Generation.objects.filter(state="active", background_similarity=None).exists()
    monkeypatch.setattr(DownProvider, "down", False)
    build_index()
    assert Generation.objects.get(state="active").background_similarity is not None


def test_a_dry_run_counts_the_calls_of_the_calibration(with_cutoff, make_article, provider):
    from wagtail_vector_search.conf import get_index_settings
    from wagtail_vector_search.indexing.update import estimate_update, update_index

    make_article("One", "A text.")
    estimated = estimate_update(get_index_settings(), "default").calls
    provider.reset()
    update_index(get_index_settings(), "default")
    assert provider.calls <= estimated


def test_made_up_queries_say_nothing_and_are_always_the_same():
    texts = ["The harbour rests while the sea is rough.", "Bread comes from an oven."]
    queries = make_up_queries(texts, SAMPLE, ENGLISH)
    assert len(queries) == SAMPLE
    assert queries == make_up_queries(texts, SAMPLE, ENGLISH)
    words = {token.folded for text in texts for token in ENGLISH.tokens(text) if not token.is_stop_word}
    assert not words & {word for query in queries for word in query.split()}


def test_made_up_queries_have_the_common_words_of_the_language():
    german = get_analyzer("de", {})
    queries = make_up_queries(["Der Hafen ruht, das Meer ist rau."], SAMPLE, german)
    assert all(any(token.is_stop_word for token in german.tokens(query)) for query in queries)


def test_made_up_chinese_has_no_spaces():
    assert not [query for query in make_up_queries(["渔船在港口"], SAMPLE, get_analyzer("zh-hans", {})) if " " in query]


def test_each_language_of_a_site_is_calibrated(home, make_article, build_index, configure):
    configure(CUTOFF=0.2)
    french = Locale.objects.create(language_code="fr")
    root = home.copy_for_translation(french)
    root.save_revision().publish()
    make_article("Harbour", "The harbour rests.")
    make_article("Le port", "Le port se repose.", parent=root, locale=french)
    build_index()
    generation = Generation.objects.get()
    assert set(generation.similarities_by_language) == {"en", "fr"}
    french_pages = rank_pages("port", Page.objects.filter(locale=french))
    assert french_pages.details
    found = french_pages.details.generation
    assert [found.background_similarity, found.title_similarity] == generation.similarities_by_language["fr"]
    everywhere = rank_pages("port", Page.objects.all())
    assert everywhere.details
    assert everywhere.details.generation.background_similarity == generation.background_similarity


def test_a_site_without_words_has_no_made_up_queries():
    assert make_up_queries(["1 2 3", ""], SAMPLE, ENGLISH) == []
