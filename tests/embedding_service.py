"""An HTTP server that speaks OpenAI's embeddings API, and fails on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: What a service embeds a text to.
Embed = Callable[[str], list[float]]


@dataclass
class Answer:
    """One HTTP response; by default what a working service says."""

    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    #: Bytes of the body that are sent, after which the connection is closed.
    cut_at: int | None = None
    #: Set by the test to let a hanging request go on.
    wait_for: threading.Event | None = None


def error(status: int, message: str, **headers: str) -> Answer:
    """An error as OpenAI words it; the last header stops its client from trying again by itself."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": None}}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, body, {**named, "x-should-retry": "false"})


def length_vector(text: str) -> list[float]:
    """A vector that holds the text's length, so that tests can tell which is whose."""
    return [1.0, float(len(text)), 0.0, 0.0]


class EmbeddingService:
    """Context manager; ``answer`` decides about each request.

    Args:
        embed: makes the vectors of a correct answer.
    """

    def __init__(self, embed: Embed = length_vector) -> None:
        self.embed = embed
        self.answer: Callable[[list[str]], Answer] = lambda _: Answer()
        self.requests: list[list[str]] = []
        self.keys: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> EmbeddingService:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(service) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - "self" is the handler's
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.requests.append(request["input"])
                service.keys.add(self.headers["Authorization"].removeprefix("Bearer "))
                self.send(service.answer(request["input"]), request["input"])

            def send(self, answer: Answer, texts: list[str]) -> None:
                if answer.wait_for:
                    answer.wait_for.wait(30)
                body = embeddings(texts, service.embed) if answer.body is None else answer.body
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: answer.cut_at])
                self.close_connection = answer.cut_at is not None

            def log_message(self, *args: object) -> None:
                pass

        return Handler


def embeddings(texts: list[str], embed: Embed = length_vector) -> bytes:
    """A correct answer."""
    data = [{"object": "embedding", "index": i, "embedding": embed(text)} for i, text in enumerate(texts)]
    return json.dumps({"object": "list", "data": data, "model": "m", "usage": {}}).encode()
