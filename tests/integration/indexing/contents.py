"""What is stored of pages, in a form that two indexes can be compared in."""

from __future__ import annotations

from collections import Counter

from wagtail_vector_search.models import (
    Embedding256,
    Entry,
    EntryTerms,
    Generation,
    TermFrequency,
)


def generation(state="active", index_name="default"):
    return Generation.objects.get(index_name=index_name, state=state)


def state_of(page, index_name="default"):
    return Entry.objects.get(
        page=page.pk, generation__index_name=index_name, generation__state__in=["active", "building"]
    )


def chunks_of(page, model=Embedding256):
    return list(model.objects.filter(page=page.pk).order_by("position"))


def texts_of(page):
    return [chunk.text for chunk in chunks_of(page)]


def terms_of(page):
    """Terms of what the page says: not those of its address, which ends with a number here."""
    row = EntryTerms.objects.filter(page=page.pk).first()
    return {term for term in row.terms if not term.startswith("=/") and not term.isdigit()} if row else set()


def is_stored(page):
    """Whether any search could find the page."""
    return bool(chunks_of(page)) or bool(terms_of(page))


def document_frequencies():
    """Pages by term, according to the ledger."""
    frequencies: Counter[str] = Counter()
    for term, change in TermFrequency.objects.values_list("term", "document_frequency"):
        frequencies[term] += change
    return +frequencies


def counted_frequencies():
    """Pages by term, according to the pages."""
    return Counter(term for terms in EntryTerms.objects.values_list("terms", flat=True) for term in terms)


def stored_index(model=Embedding256):
    """Everything that searches read, without the keys of rows."""
    terms = {
        row.page_id: (row.language_code, tuple(row.terms), row.length, str(row.weights))
        for row in EntryTerms.objects.all()
    }
    chunks = {
        (row.page_id, row.position): (row.heading, row.anchor, row.text, row.text_hash, str(row.embedding))
        for row in model.objects.all()
    }
    states = dict(Entry.objects.order_by("page_id").values_list("page_id", "state"))
    return terms, chunks, document_frequencies(), states


def stored_from_scratch(monkeypatch, build_index):
    """What a new index over the same site stores, with the same average length as the one that is there."""
    average = generation().average_length
    monkeypatch.setattr("wagtail_vector_search.indexing.update.estimate_average_length", lambda _: average)
    monkeypatch.setattr("wagtail_vector_search.indexing.update.has_drifted", lambda *_: False)
    Generation.objects.all().delete()
    build_index()
    return stored_index()
