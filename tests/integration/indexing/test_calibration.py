"""What a generation's similarities mean is measured when it is built."""

import pytest
from wagtail.models import Page

from tests.misbehaving import DownProvider
from wagtail_vector_search.indexing.calibration import SAMPLE, make_up_queries
from wagtail_vector_search.models import Generation

pytestmark = pytest.mark.django_db

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
    queries = make_up_queries(texts, SAMPLE)
    assert len(queries) == SAMPLE
    assert queries == make_up_queries(texts, SAMPLE)
    words = {word.lower().strip(".") for text in texts for word in text.split()}
    assert not words & {word for query in queries for word in query.split()}


def test_a_site_without_words_has_no_made_up_queries():
    assert make_up_queries(["1 2 3", ""], SAMPLE) == []
