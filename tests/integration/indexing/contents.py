"""What is stored of pages, in a form that two indexes can be compared in."""

from __future__ import annotations

from collections import Counter

from wagtail_vector_search.models import (
    PageEmbedding256,
    PageIndexState,
    PageTerms,
    TermStatistics,
    VectorIndex,
)


def generation(state="active", alias="default"):
    return VectorIndex.objects.get(alias=alias, state=state)


def state_of(page, alias="default"):
    return PageIndexState.objects.get(page=page.pk, index__alias=alias, index__state__in=["active", "building"])


def chunks_of(page, model=PageEmbedding256):
    return list(model.objects.filter(page=page.pk).order_by("position"))


def texts_of(page):
    return [chunk.text for chunk in chunks_of(page)]


def lexemes_of(page):
    terms = PageTerms.objects.filter(page=page.pk).first()
    return set(terms.lexemes) if terms else set()


def is_stored(page):
    """Whether any search could find the page."""
    return bool(chunks_of(page)) or bool(lexemes_of(page))


def document_frequencies():
    """Pages by lexeme, according to the ledger."""
    frequencies: Counter[str] = Counter()
    for lexeme, change in TermStatistics.objects.values_list("lexeme", "document_frequency"):
        frequencies[lexeme] += change
    return +frequencies


def counted_frequencies():
    """Pages by lexeme, according to the pages."""
    return Counter(lexeme for lexemes in PageTerms.objects.values_list("lexemes", flat=True) for lexeme in lexemes)


def stored_index(model=PageEmbedding256):
    """Everything that searches read, without the keys of rows."""
    terms = {
        row.page_id: (row.config, tuple(row.lexemes), row.length, str(row.weights)) for row in PageTerms.objects.all()
    }
    chunks = {
        (row.page_id, row.position): (row.heading, row.anchor, row.text, row.text_hash, str(row.embedding))
        for row in model.objects.all()
    }
    states = dict(PageIndexState.objects.order_by("page_id").values_list("page_id", "state"))
    return terms, chunks, document_frequencies(), states


def stored_from_scratch(monkeypatch, build_index):
    """What a new index over the same site stores, with the same average length as the one that is there."""
    average = generation().average_length
    monkeypatch.setattr("wagtail_vector_search.indexing.update.estimate_average_length", lambda _: average)
    monkeypatch.setattr("wagtail_vector_search.indexing.update.has_drifted", lambda *_: False)
    VectorIndex.objects.all().delete()
    build_index()
    return stored_index()
