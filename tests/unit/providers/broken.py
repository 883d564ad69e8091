"""Providers with one fault each."""

from __future__ import annotations

from itertools import count

from wagtail_vector_search.providers import DeterministicProvider

_instances = count()


class WrongCount(DeterministicProvider):
    def _embed(self, texts, *, kind):
        return super()._embed(texts, kind=kind)[: len(texts) - 1]


class TooMany(DeterministicProvider):
    def _embed(self, texts, *, kind):
        rows = list(super()._embed(texts, kind=kind))
        return [*rows, rows[0]]


class WrongWidth(DeterministicProvider):
    def _embed(self, texts, *, kind):
        return super()._embed(texts, kind=kind)[:, :-1]


class NotANumber(DeterministicProvider):
    def _embed(self, texts, *, kind):
        rows = super()._embed(texts, kind=kind)
        rows[-1, 0] = float("nan")
        return rows


class Infinite(DeterministicProvider):
    def _embed(self, texts, *, kind):
        rows = super()._embed(texts, kind=kind)
        rows[-1, 0] = float("inf")
        return rows


class Zeros(DeterministicProvider):
    def _embed(self, texts, *, kind):
        rows = super()._embed(texts, kind=kind)
        rows[-1] = 0
        return rows


class Ragged(DeterministicProvider):
    def _embed(self, texts, *, kind):
        return [[1.0], [1.0, 2.0]]


class Nothing(DeterministicProvider):
    def _embed(self, texts, *, kind):
        return None


class Flat(DeterministicProvider):
    def _embed(self, texts, *, kind):
        return super()._embed(texts, kind=kind)[0]


class Constant(DeterministicProvider):
    def _embed(self, texts, *, kind):
        return super()._embed(["always the same"] * len(texts), kind=kind)


class Reversed(DeterministicProvider):
    """Forgets the order of a batch."""

    def _embed(self, texts, *, kind):
        return super()._embed(texts, kind=kind)[::-1]


class BatchesOutOfOrder(DeterministicProvider):
    def plan_batches(self, texts):
        return super().plan_batches(texts)[::-1]


class IgnoresBatchSize(DeterministicProvider):
    def plan_batches(self, texts):
        return [slice(0, len(texts))]


class DependsOnInstance(DeterministicProvider):
    """What models with unseeded weights do."""

    def __init__(self, *args):
        super().__init__(*args)
        self.number = next(_instances)

    def _embed(self, texts, *, kind):
        return super()._embed([f"{text} {self.number} {self.number}x" for text in texts], kind=kind)


class NameChanges(DeterministicProvider):
    @property
    def model_id(self):
        return f"model {next(_instances)}"


class DimensionsChange(DeterministicProvider):
    @property
    def dimensions(self):
        return 256 + next(_instances)


class NoDimensions(DeterministicProvider):
    @property
    def dimensions(self):
        return 0


class Words(DeterministicProvider):
    """Knows nothing of similarity."""

    def _embed(self, texts, *, kind):
        return super()._embed([text.replace(" ", "x") for text in texts], kind=kind)


class QueriesApart(DeterministicProvider):
    """Queries and documents live in different spaces."""

    def _embed(self, texts, *, kind):
        rows = super()._embed(texts, kind=kind)
        return -rows if kind == "query" else rows


class EnglishOnly(DeterministicProvider):
    def _embed(self, texts, *, kind):
        return super()._embed([text if text.isascii() else "unknown" for text in texts], kind=kind)


class ChokesOnOddText(DeterministicProvider):
    def _embed(self, texts, *, kind):
        if any("\u200d" in text for text in texts):
            raise RuntimeError("cannot read this")
        return super()._embed(texts, kind=kind)


class ChokesOnLongText(DeterministicProvider):
    def _embed(self, texts, *, kind):
        if any(len(text) > 2000 for text in texts):
            raise RuntimeError("too long")
        return super()._embed(texts, kind=kind)


class PaddingLeaks(DeterministicProvider):
    """A text's vector depends on the longest text beside it."""

    def _embed(self, texts, *, kind):
        longest = max(len(text) for text in texts)
        return super()._embed([text + " padding" * (longest - len(text)) for text in texts], kind=kind)


class EmbedsBlanks(DeterministicProvider):
    def embed_documents(self, texts):
        return super().embed_documents([text.strip() or "blank" for text in texts])


class EmbedsBlankQueries(DeterministicProvider):
    def embed_query(self, text, *, timeout=None):
        return super().embed_query(text or "blank", timeout=timeout)


class OneThreadOnly(DeterministicProvider):
    """Keeps the texts of a call where the next call puts its own."""

    def _embed(self, texts, *, kind):
        import time

        self.current = list(texts)
        time.sleep(0.001)  # as a network would, so that threads do meet
        return super()._embed(self.current, kind=kind)


class CountsNoTokens(DeterministicProvider):
    def count_tokens(self, text):
        return 0


class Doubles(DeterministicProvider):
    def embed_documents(self, texts):
        return super().embed_documents(texts).astype("float64")

    def embed_query(self, text, *, timeout=None):
        return super().embed_query(text, timeout=timeout).astype("float64")


class ColumnMajor(DeterministicProvider):
    def embed_documents(self, texts):
        return super().embed_documents(texts).copy(order="F")


class QueryAsRow(DeterministicProvider):
    def embed_query(self, text, *, timeout=None):
        return super().embed_query(text, timeout=timeout)[None]


class EmptyIsFlat(DeterministicProvider):
    def embed_documents(self, texts):
        return super().embed_documents(texts) if texts else super().embed_documents(["a"])[0][:0]
