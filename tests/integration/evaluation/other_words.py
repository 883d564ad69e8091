"""A provider that knows other words for what is asked."""

from __future__ import annotations

from wagtail_vector_search.providers import DeterministicProvider

#: What a query says, and what it means.
MEANT = {
    "ship": "vessel", "bread": "loaf", "dog": "hound", "house": "dwelling", "street": "avenue", "doctor": "physician",
    "shoe": "boot", "hat": "bonnet",
}  # fmt: skip


class OtherWordsProvider(DeterministicProvider):
    """Reads a word of a query as its synonym; pages are read as they are written."""

    def _embed(self, texts, *, kind):
        return super()._embed([MEANT.get(text, text) for text in texts] if kind == "query" else texts, kind=kind)
