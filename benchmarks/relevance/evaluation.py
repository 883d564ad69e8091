"""Puts a collection on a scratch site and asks every system all of its queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import fmean
from typing import Any

from wagtail_vector_search.evaluation.scores import ndcg

from ..measures import misspell
from ..scratch import scratch_database
from .beir import Collection
from .reference import REFERENCES, make_references
from .scores import Scores
from .systems import SEMANTIC_NO_CUTOFF, SYSTEMS, settings_of

#: Results that are read of each search.
DEPTH = 100
#: Numbers of typing errors that queries are tried with.
TYPOS = (1, 2)
#: Queries that make sense, but that no page of a technical or scientific collection answers.
OFF_TOPIC = (
    "chocolate birthday cake recipe",
    "cheap flights to Lisbon in October",
    "who won the football match last night",
    "how to get red wine stains out of a carpet",
    "best dog breeds for small apartments",
    "lyrics of a Christmas lullaby",
    "opening hours of the swimming pool",
    "knitting pattern for baby socks",
    "horoscope for Capricorn this week",
    "where to buy second-hand bicycles",
    "guitar chords for beginners",
    "how often should I water my orchids",
    "hotel with breakfast near the beach",
    "divorce lawyer free consultation",
    "winning lottery numbers",
    "curly hair shampoo without silicone",
    "vegetarian lasagne with spinach",
    "mortgage interest for first-time buyers",
    "toddler refuses to sleep",
    "celebrity wedding photos",
)

#: Queries without any sense.
NONSENSE = (
    "xqzvkw brunptang",
    "asdfgh jkl qwertzuiop",
    "flurbnax grolipex",
    "zzzzzzzz",
    "vrtkpl mnbvc",
    "hjklhjkl",
    "quxxible dornaphlet squimbo",
    "9fj3kd02lsm",
    "wibblefrotz",
    "pltrxk oooaaa uuueee",
)

#: By kind. A search should find nothing for them.
UNANSWERABLE: Mapping[str, Sequence[str]] = {"off-topic": OFF_TOPIC, "nonsense": NONSENSE}

#: Returns the results of a query, lazily.
Search = Callable[[str], Any]


def evaluate(collection: Collection, systems: Sequence[str], template: str, *, typos: bool) -> dict[str, Scores]:
    """Return what systems reach on a collection.

    Args:
        collection: to put on the site.
        systems: keys of ``SYSTEMS`` and ``REFERENCES``.
        template: the migrated database to copy.
        typos: also ask each query with typing errors, of the systems of this package.
    """
    from wagtail.models import Page

    from ..site.filling import create_pages, fill_vector_index, fill_wagtail_index

    with scratch_database(template):
        keys = create_pages(collection.documents())
        ids = dict(zip(keys, collection.ids, strict=True))
        if any(name.startswith("wagtail") for name in systems):
            fill_wagtail_index()
        fill_vector_index()
        searches: dict[str, Search] = {
            name: partial(system.search, Page.objects.live()) for name, system in SYSTEMS.items()
        }
        if not REFERENCES.keys().isdisjoint(systems):
            searches |= make_references(keys, list(collection.documents()), searches[SEMANTIC_NO_CUTOFF])
        found: dict[str, Scores] = {}
        for name in systems:
            with settings_of(name):
                with_typos = typos and name in SYSTEMS and not name.startswith("wagtail")
                found[name] = _evaluate_system(searches[name], collection, ids, with_typos)
        return found


def _evaluate_system(search: Search, collection: Collection, ids: Mapping[int, str], typos: bool) -> Scores:
    scores = Scores()
    for query_id, query in collection.queries.items():
        results = search(query)
        try:
            ranking = _read(results, ids)
        except RecursionError:  # Wagtail's database search nests an expression for each word
            ranking = []
            scores.failed += 1
        scores.add(ranking, collection.judgments[query_id])
        scores.degraded += bool(getattr(results, "degraded", False))
    for kind, queries in UNANSWERABLE.items():
        scores.unanswerable[kind] = fmean(search(query).count() for query in queries)
    for edits in TYPOS if typos else ():
        scores.typos[edits] = fmean(
            ndcg(_read(search(misspell(query, edits, query_id)), ids), collection.judgments[query_id])
            for query_id, query in collection.queries.items()
        )
    return scores


def _read(results: Any, ids: Mapping[int, str]) -> list[str]:
    """Return the documents of a search, without the home page, which may be one of its results."""
    return [ids[page.pk] for page in results[:DEPTH] if page.pk in ids]
