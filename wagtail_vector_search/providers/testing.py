"""Tests that every embedding provider must pass, for the providers of a project too.

In a test module::

    class TestMyProvider(BaseProviderTests):
        def get_provider(self):
            return MyProvider("my-model", {"key": os.environ["MY_KEY"]})

Needs neither a database nor pytest itself; a provider of a paid service is charged for about a thousand short texts.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from .base import BaseEmbeddingProvider

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LANGUAGES = (
    "Where can I find the opening hours of the library?",
    "Où se trouve la bibliothèque municipale ?",
    "Wo finde ich die Öffnungszeiten der Bücherei?",
    "¿Dónde está la biblioteca?",
    "Де знайти години роботи бібліотеки?",
    "Πού είναι η βιβλιοθήκη;",
    "أين أجد مواعيد عمل المكتبة؟",
    "איפה הספרייה העירונית?",
    "पुस्तकालय कहाँ है?",
    "图书馆几点开门？",  # noqa: RUF001
    "図書館の開館時間を教えてください。",
    "도서관은 어디에 있습니까?",
    "ห้องสมุดอยู่ที่ไหน",
    "📚🕘❓",
)

_TOPICS = ("tomatoes", "taxes", "trains", "theatre", "tides", "tunnels", "tigers", "telescopes", "tea", "textiles")
TEXTS = tuple(f"Everything about {topic} in chapter {number}." for number in range(1, 5) for topic in _TOPICS)

#: Two texts on each subject; any model has to find the other of the two.
PAIRS = (
    ("How to grow tomatoes in a small garden", "Growing tomatoes in small gardens: soil, sun and water"),
    ("The annual report of the tax office", "Tax office publishes its annual report on income taxes"),
    ("Trains from Paris to Berlin at night", "Night trains between Berlin and Paris return"),
    ("Symptoms of the flu in children", "When children have the flu: symptoms and treatment"),
    ("Repairing the chain of a bicycle", "How to repair a broken bicycle chain yourself"),
)


class BaseProviderTests:
    """Put in front of a test class; ``get_provider`` is all it has to define."""

    #: Cosine above which two vectors count as the same. Services and GPUs do not repeat themselves to the last digit.
    same = 0.999

    #: Words of the longest text. The chunks of an index stay well below.
    long_text_words = 1000

    #: What importing the provider's module must not import: it would cost every process of the site memory and time.
    heavy_modules: tuple[str, ...] = (
        "numpy", "llm", "wordllama", "torch", "transformers", "sentence_transformers", "openai", "httpx", "requests",
    )  # fmt: skip

    def get_provider(self) -> BaseEmbeddingProvider:
        """Return the provider to test, a new one or the same at every call."""
        raise NotImplementedError(f"{type(self).__name__} must define get_provider().")

    def test_dimensions_are_a_positive_number_that_stays(self) -> None:
        """The table that keeps the vectors is chosen by it."""
        provider = self.get_provider()
        dimensions = provider.dimensions
        _expect(isinstance(dimensions, int) and dimensions > 0, f"dimensions is {dimensions!r}, not a positive int")
        _expect(provider.dimensions == dimensions, "dimensions changes from one reading to the next")

    def test_model_id_is_a_name_that_stays(self) -> None:
        """A changing name would have the index built from scratch each time."""
        name = self.get_provider().model_id
        _expect(isinstance(name, str) and bool(name), f"model_id is {name!r}, not a name")
        _expect(self.get_provider().model_id == name, "model_id changes from one reading to the next")

    def test_documents_are_one_float32_row_each(self) -> None:
        """Shape ``(n, dimensions)``."""
        provider = self.get_provider()
        _expect_rows(provider.embed_documents(TEXTS[:3]), 3, provider.dimensions)

    def test_a_query_is_one_float32_vector(self) -> None:
        """Shape ``(dimensions,)``."""
        provider = self.get_provider()
        vector = provider.embed_query(TEXTS[0])
        _expect(vector.shape == (provider.dimensions,), f"embed_query returned shape {vector.shape}")
        _expect_rows(vector[None, :], 1, provider.dimensions)

    def test_no_documents_give_no_rows(self) -> None:
        """Shape ``(0, dimensions)``, so that callers need no special case."""
        provider = self.get_provider()
        shape = provider.embed_documents([]).shape
        _expect(shape == (0, provider.dimensions), f"embed_documents([]) returned shape {shape}")

    def test_the_same_text_gives_the_same_vector(self) -> None:
        """Now, and from another instance."""
        first, again = self.get_provider(), self.get_provider()
        self._expect_same(first.embed_documents(TEXTS[:5]), first.embed_documents(TEXTS[:5]), "two calls")
        self._expect_same(first.embed_documents(TEXTS[:5]), again.embed_documents(TEXTS[:5]), "two instances")
        self._expect_same(first.embed_query(TEXTS[0])[None], again.embed_query(TEXTS[0])[None], "two queries")

    def test_a_text_has_the_same_vector_alone_and_in_a_batch_and_order_is_kept(self) -> None:
        """Texts of many lengths, which batches pad."""
        provider = self.get_provider()
        texts = [text * (1 + position % 3) for position, text in enumerate(TEXTS[:9])]
        together = provider.embed_documents(texts)
        alone = [provider.embed_documents([text])[0] for text in texts]
        self._expect_same(together, _stack(alone), "a batch and single texts")

    def test_more_texts_than_one_batch_holds_come_back_in_order(self) -> None:
        """The batches of one call are put together as they were sent."""
        provider = self.get_provider()
        provider.max_batch_size = 7
        _expect(len(provider.plan_batches(TEXTS)) >= len(TEXTS) // 7, "plan_batches exceeds max_batch_size")
        in_batches = provider.embed_documents(TEXTS)
        provider.max_batch_size = len(TEXTS)
        self._expect_same(in_batches, provider.embed_documents(TEXTS), "small and large batches")

    def test_different_texts_have_different_vectors(self) -> None:
        """A service that answers everything alike is broken."""
        similarities = _similarities(self.get_provider().embed_documents(TEXTS))
        highest = max(similarities[i][j] for i in range(len(TEXTS)) for j in range(i))
        _expect(highest < 0.9999, "different texts have the same vector")

    def test_similar_texts_are_nearer_than_dissimilar_ones(self) -> None:
        """Between documents, and from a query to documents."""
        provider = self.get_provider()
        left = provider.embed_documents([pair[0] for pair in PAIRS])
        right = provider.embed_documents([pair[1] for pair in PAIRS])
        queries = _stack([provider.embed_query(pair[0]) for pair in PAIRS])
        _expect_matches(left @ right.T, "a text")
        _expect_matches(queries @ right.T, "a query")

    def test_many_languages_and_scripts(self) -> None:
        """Each gets a vector, and not one for all that the model cannot read."""
        provider = self.get_provider()
        rows = provider.embed_documents(LANGUAGES)
        _expect_rows(rows, len(LANGUAGES), provider.dimensions)
        similarities = _similarities(rows)
        alike = [j for j in range(len(LANGUAGES)) for i in range(j) if similarities[i][j] > 0.9999]
        _expect(not alike, f"texts in different languages have the same vector: {[LANGUAGES[j] for j in alike]}")

    def test_very_short_and_odd_texts(self) -> None:
        """One letter, one emoji, punctuation, white space inside and around."""
        texts = ["a", "7", "👩\u200d👩\u200d👧", "?!", "…", " a\tb\n\nc ", "é" * 50, "\u202eabc", "<b>&amp;</b>"]
        provider = self.get_provider()
        _expect_rows(provider.embed_documents(texts), len(texts), provider.dimensions)

    def test_a_long_text_and_a_short_one_in_one_batch(self) -> None:
        """The long one is cut or split or read whole, but not refused; the short one is what it is alone."""
        provider = self.get_provider()
        long_text = " ".join(["garden tomatoes water sun soil"] * (self.long_text_words // 5))
        rows = provider.embed_documents([long_text, TEXTS[0], long_text.replace(" ", "")[:3000]])
        _expect_rows(rows, 3, provider.dimensions)
        self._expect_same(rows[1:2], provider.embed_documents([TEXTS[0]]), "a short text beside a long one, and alone")

    def test_a_blank_text_is_refused(self) -> None:
        """Models answer it with NaN, zeros or an error; the caller has to leave it out."""
        provider = self.get_provider()
        _expect_refused(lambda: provider.embed_documents(["a", " \n"]), "a list with a blank text")
        _expect_refused(lambda: provider.embed_query(""), "an empty query")

    def test_threads_share_one_provider(self) -> None:
        """Web servers and workers call it from several threads at once."""
        provider = self.get_provider()
        with ThreadPoolExecutor(8) as threads:
            rows = list(threads.map(lambda text: provider.embed_documents([text])[0], TEXTS))
        self._expect_same(_stack(rows), self.get_provider().embed_documents(TEXTS), "threads and one call")

    def test_token_counts_are_positive_and_grow(self) -> None:
        """They keep batches within a service's limit."""
        provider = self.get_provider()
        short, long = provider.count_tokens(TEXTS[0]), provider.count_tokens(TEXTS[0] * 20)
        _expect(0 < short < long, f"count_tokens gives {short} for a text and {long} for twenty times as much")

    def test_importing_the_provider_imports_no_heavy_library(self) -> None:
        """They are imported by the first call instead."""
        module = type(self.get_provider()).__module__
        code = f"import sys, {module}; print(*[m for m in {self.heavy_modules!r} if m in sys.modules])"
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
        )
        _expect(done.returncode == 0, f"{module} cannot be imported by itself: {done.stderr}")
        _expect(not done.stdout.strip(), f"importing {module} also imports {done.stdout.strip()}")

    def _expect_same(self, left: NDArray[np.float32], right: NDArray[np.float32], what: str) -> None:
        cosines = [float(a @ b) for a, b in zip(left, right, strict=True)]
        _expect(min(cosines) >= self.same, f"the vectors of {what} differ: cosine {min(cosines):.6f}")


def _expect(condition: bool, message: str) -> None:
    if not condition:
        raise AssertionError(message)


def _expect_refused(call: Callable[[], object], what: str) -> None:
    try:
        call()
    except ValueError:
        return
    raise AssertionError(f"{what} was embedded; it must raise ValueError")


def _expect_rows(rows: NDArray[np.float32], count: int, dimensions: int) -> None:
    import numpy as np

    _expect(rows.shape == (count, dimensions), f"expected shape {(count, dimensions)}, got {rows.shape}")
    _expect(rows.dtype == np.float32, f"expected float32, got {rows.dtype}")
    _expect(bool(rows.flags.c_contiguous), "the array is not C-contiguous")
    _expect(bool(np.isfinite(rows).all()), "a vector holds NaN or infinity")
    _expect(bool(rows.any(axis=1).all()), "a vector is nothing but zeros")


def _expect_matches(similarities: NDArray[np.float32], what: str) -> None:
    for position, nearest in enumerate(similarities.argmax(axis=1).tolist()):
        about, found = PAIRS[position][1], PAIRS[nearest][1]
        _expect(nearest == position, f"{what} is nearer to {found!r} than to {about!r}, which is about the same")


def _similarities(rows: NDArray[np.float32]) -> list[list[float]]:
    result: list[list[float]] = (rows @ rows.T).tolist()
    return result


def _stack(rows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    import numpy as np

    return np.stack(rows)
