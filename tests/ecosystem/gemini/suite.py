"""llm-gemini: a model of a service. The service is a stand-in, and the key is made up."""

import json

import httpx
import llm_gemini
import pytest
from wagtail.models import Page

from tests.ecosystem.truth import assert_index_tells_the_truth, found
from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.models import Generation
from wagtail_vector_search.providers import get_provider_for, reset_providers

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "made-up-key-0123456789"


class Service:
    """Answers as the service does; ``status`` lets it refuse."""

    def __init__(self):
        self.batches = []
        self.status = 200

    def __call__(self, request):
        assert request.headers["x-goog-api-key"] == KEY
        wanted = json.loads(request.content)["requests"]
        self.batches.append([each["content"]["parts"][0]["text"] for each in wanted])
        if self.status != 200:
            return httpx.Response(self.status, json={"error": {"message": f"API key not valid: {KEY}"}})
        return httpx.Response(200, json={"embeddings": [{"values": self.vector(each)} for each in wanted]})

    def vector(self, wanted):
        text = wanted["content"]["parts"][0]["text"].lower()
        about_bikes = any(word in text for word in ("bicycle", "bike"))
        return [1.0, 5.0 if about_bikes else 0.0, len(text) / 1000, *[0.0] * (wanted["outputDimensionality"] - 3)]


@pytest.fixture(autouse=True)
def service(monkeypatch, settings):
    service, client = Service(), httpx.Client
    monkeypatch.setattr(llm_gemini.httpx, "Client", lambda: client(transport=httpx.MockTransport(service)))
    index = {"MODEL": "gemini-embedding-001-768", "OPTIONS": {"key": KEY}, "CUTOFF": 0}
    settings.WAGTAIL_VECTOR_SEARCH = {"default": index}
    reset_providers()
    return service


def test_pages_are_found_by_meaning_in_the_table_for_768_dimensions(make_article, build_index):
    article = make_article("Bicycle parking", introduction="Ask the caretaker.")
    make_article("Menu", introduction="Soup and bread.")
    build_index()
    results = Page.objects.search("where do I leave my bike", backend="semantic")
    assert results[0].pk == article.pk
    assert not results.degraded
    assert Generation.objects.get().dimensions == 768
    assert_index_tells_the_truth()


def test_a_batch_is_as_large_as_the_plugin_asks_for(make_article, build_index, service):
    for number in range(30):
        make_article(f"Article {number}", introduction=f"Text {number}.")
    build_index()
    assert max(map(len, service.batches)) == 20


def test_a_refused_key_degrades_searches_to_words_and_is_told_nowhere(make_article, build_index, service, caplog):
    article = make_article("Bicycle parking", introduction="Ask the caretaker.")
    build_index()
    service.status = 400
    results = Page.objects.search("caretaker", backend="hybrid")
    assert [page.pk for page in results] == [article.pk]
    assert results.degraded
    assert found("caretaker") == [article.pk]
    assert KEY not in caplog.text


def test_the_model_counts_as_a_service():
    provider = get_provider_for(get_index_settings())
    provider.wait_until_ready()
    assert not provider.is_local
