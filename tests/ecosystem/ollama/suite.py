"""llm-ollama: asks its server at every look-up of a model, without a limit of time. The server is a stand-in."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from wagtail.models import Page

from tests.ecosystem.truth import assert_index_tells_the_truth
from wagtail_vector_search.models import Generation
from wagtail_vector_search.providers import reset_providers
from wagtail_vector_search.providers.llm_models import forget_models

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "stand-in:latest"


class Server(ThreadingHTTPServer):
    """Has one model, which embeds into 768 numbers; ``may_answer`` lets it hang."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.asked = []
        self.batches = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self):
        self.answer({"models": [{"model": NAME, "name": NAME, "digest": "0" * 64, "size": 1}]})

    def do_POST(self):
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/api/embed":
            return self.answer({"capabilities": ["embedding"], "details": {}, "model_info": {}})
        self.server.batches.append(given["input"])
        return self.answer({"model": NAME, "embeddings": [self.vector(text.lower()) for text in given["input"]]})

    def vector(self, text):
        about_bikes = any(word in text for word in ("bicycle", "bike"))
        return [1.0, 5.0 if about_bikes else 0.0, len(text) / 1000, *[0.0] * 765]

    def answer(self, content):
        self.server.asked.append(self.path)
        self.server.may_answer.wait()
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(autouse=True)
def server(monkeypatch):
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("OLLAMA_HOST", f"http://127.0.0.1:{server.server_port}")
        forget_models()
        yield server
        server.may_answer.set()
        server.shutdown()


@pytest.fixture
def use_model(settings):
    def use(name):
        settings.WAGTAIL_VECTOR_SEARCH = {"default": {"MODEL": name, "CUTOFF": 0}}
        reset_providers()

    return use


@pytest.fixture
def articles(make_article):
    return make_article("Bicycle parking", introduction="Ask the caretaker."), make_article("Menu")


def test_pages_are_found_by_a_model_of_the_server_in_batches_of_eight(
    articles, make_article, build_index, use_model, server
):
    use_model(f"ollama/{NAME}")
    for number in range(20):
        make_article(f"Article {number}")
    build_index()
    results = Page.objects.search("where do I leave my bike", backend="semantic")
    assert results[0].pk == articles[0].pk
    assert not results.degraded
    assert max(map(len, server.batches)) == 8
    assert Generation.objects.get().dimensions == 768
    assert_index_tells_the_truth()


def test_a_search_with_wordllama_never_asks_a_server_that_does_not_answer(articles, build_index, use_model, server):
    server.may_answer.clear()
    use_model("wordllama")
    build_index()
    results = Page.objects.search("where do I leave my bike", backend="hybrid")
    assert results[0].pk == articles[0].pk
    assert not results.degraded
    assert server.asked == []


def test_a_search_is_answered_by_words_while_the_server_does_not_name_its_models(
    articles, build_index, use_model, server
):
    use_model(f"ollama/{NAME}")
    build_index()
    reset_providers()  # as another process
    forget_models()
    server.may_answer.clear()
    results = Page.objects.search("caretaker", backend="hybrid")
    assert [page.pk for page in results] == [articles[0].pk]
    assert results.degraded
