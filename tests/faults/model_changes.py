"""A small site with an index over it, and every way to change the model."""

from __future__ import annotations

from django.core.cache import cache
from modelsearch.backends import get_search_backend
from wagtail.models import Page

from wagtail_vector_search.models import Entry, EntryTerms, Generation, get_vector_table

MODELS = "tests.misbehaving.ModelsProvider"

#: Provider, model, width of vectors, chunking: what makes another generation.
CHANGES = {
    "provider": {"PROVIDER": "tests.misbehaving.OtherModelsProvider"},
    "model of the same dimension": {"MODEL": "second"},
    "dimensions": {"OPTIONS": {"dimensions": 384}},
    "model and dimensions": {"MODEL": "second", "OPTIONS": {"dimensions": 384}},
    "chunks": {"CHUNK_WORDS": 50},
}

#: What the pages of the site are about.
TEXTS = {
    "Sailing": "The boat crosses the sea under sail.",
    "Baking": "Bread is baked in an oven of stone.",
    "Climbing": "Ropes hold climbers who fall from the cliff.",
    "Weaving": "A loom makes cloth of yarn.",
}


def make_site(make_article, configure, build_index):
    """Make pages, with an index over them by the first model, and return them."""
    cache.clear()
    configure(PROVIDER=MODELS, MODEL="first")
    pages = [make_article(title, introduction=text) for title, text in TEXTS.items()]
    build_index()
    return pages


def ask(query, backend="hybrid"):
    """Search as a visitor does, and return titles and results."""
    results = get_search_backend(backend).search(query, Page.objects.live())
    return [page.title for page in results], results


def assert_answered():
    """Every page is the first that is found by its text, by meaning alone, and no search was degraded."""
    for title, text in TEXTS.items():
        titles, results = ask(text, "semantic")
        assert not results.degraded, results.degraded_reason
        assert titles[0] == title


def stored_pages(generation):
    """Return the pages that a generation has words of, and those that it has vectors of."""
    model = get_vector_table(generation.dimensions, generation.configuration["vector_table"])
    return (
        set(EntryTerms.objects.filter(generation=generation).values_list("page_id", flat=True)),
        set(model._base_manager.filter(generation=generation).values_list("page_id", flat=True)),
    )


def texts_stored(generation, page):
    """Return the texts of a page's chunks in a generation."""
    model = get_vector_table(generation.dimensions, generation.configuration["vector_table"])
    rows = model._base_manager.filter(generation=generation, page=page.pk).order_by("position")
    return list(rows.values_list("text", flat=True))


def active():
    """Return the generation that serves."""
    return Generation.objects.get(state="active")


def building():
    """Return the generation that is being built."""
    return Generation.objects.get(state="building")


def state_in(generation, page):
    """Return how a page stands in a generation."""
    return Entry.objects.get(generation=generation, page=page.pk).state
