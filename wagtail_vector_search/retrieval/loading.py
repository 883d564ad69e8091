"""From a ranking to pages with passages: one statement for a window of results, whatever the page types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from heapq import nlargest
from typing import Any

from django.db.models import F, Func, JSONField, Q, QuerySet
from django.db.models.functions import Coalesce

from ..database.execute import SQL, fill_names, name_parameters, place_parameters
from ..database.tables import page_key, table_name
from ..ranking import constants
from ..ranking.formulas import term_weight
from ..ranking.values import RankedPage
from ..visibility.pages import visible_pages
from .search import Search
from .values import PassageQuery, Ranking, SearchPassage

_PASSAGE = "_wagtail_vector_search_passage"
_SOURCE = "_wagtail_vector_search_source"


def load_pages(
    ranking: Ranking,
    queryset: QuerySet[Any],
    start: int = 0,
    stop: int | None = None,
    *,
    score_field: str = "",
) -> list[Any]:
    """Load a window of a ranking.

    One SQL statement, besides those that ``specific()`` and ``prefetch_related()`` cost.

    Args:
        ranking: From ``rank_pages``.
        queryset: The one that was ranked. What it selects, defers and prefetches is kept; its order is not.
        start: First rank to load, from 0.
        stop: Rank to stop before; ``None`` loads to the end.
        score_field: Further attribute to set to the score.

    Returns:
        Pages in the order of the ranking, each a ``SearchHit``: with ``search_score``, ``search_matched_by`` and
        ``search_passage`` (``None`` when there is no chunk to show). Pages that are not visible any more are left out.
    """
    window = ranking.pages[start:stop]
    if not window:
        return []
    ranked_pages = among_ranked(queryset.using(ranking.using), ranking, [page.page_id for page in window])
    pages = visible_pages(ranked_pages, is_alias=None if ranking.with_aliases else False, ranked=True)
    if ranking.passages:
        pages = pages.annotate(**{_PASSAGE: ChosenPassage(ranking.passages, F(_SOURCE))})
    loaded = by_source(pages.order_by())
    return [
        describe_page(loaded[ranked.page_id], ranked, ranking.passages, score_field)
        for ranked in window
        if ranked.page_id in loaded
    ]


def among_ranked(queryset: QuerySet[Any], ranking: Ranking, page_ids: Sequence[Any]) -> QuerySet[Any]:
    """Narrow a queryset to pages of a ranking, and aliases that it found by their sources; for ``by_source``."""
    key = page_key()
    is_ranked = Q(**{f"{key}__in": page_ids})
    if ranking.with_aliases:
        is_ranked |= Q(alias_of__in=page_ids)
    return queryset.filter(is_ranked).annotate(**source_of(ranking))


def find_shown(ranking: Ranking, queryset: QuerySet[Any]) -> list[Any]:
    """Return the primary keys of all pages that a ranking shows: of its own, or of aliases. One SQL statement."""
    ranked = among_ranked(queryset.using(ranking.using), ranking, [page.page_id for page in ranking.pages])
    key, shown = page_key(), dict[Any, Any]()
    for page_id, source in visible_pages(ranked, is_alias=None, ranked=True).order_by(key).values_list(key, _SOURCE):
        if page_id == source or source not in shown:
            shown[source] = page_id
    return list(shown.values())


def source_of(ranking: Ranking) -> dict[str, Any]:
    """Return the annotation that ``by_source`` reads: the key that a page of a ranking is indexed under."""
    return {_SOURCE: Coalesce("alias_of", page_key()) if ranking.with_aliases else F(page_key())}


def by_source(pages: Iterable[Any]) -> dict[Any, Any]:
    """Return pages by the key that they are indexed under; of a page and its aliases the page, else the first alias."""
    key = page_key()
    found: dict[Any, Any] = {}
    for page in sorted(pages, key=lambda page: (page.__dict__[_SOURCE] != getattr(page, key), getattr(page, key))):
        found.setdefault(page.__dict__.pop(_SOURCE), page)
    return found


def sort_ranking(ranking: Ranking, queryset: QuerySet[Any]) -> Ranking:
    """Return a ranking with the same pages in the order of a queryset. One SQL statement.

    Args:
        ranking: From ``rank_pages``.
        queryset: The one that was ranked. Pages that are equal in its order are in that of the primary key, and a
            queryset without an order means the newest first, as in Wagtail's own search.
    """
    ranked = {page.page_id: page for page in ranking.pages}
    if not ranked:
        return ranking
    key, query = page_key(), queryset.query
    order: Sequence[Any] = query.order_by or query.get_meta().ordering or ()
    pages = among_ranked(queryset.using(ranking.using), ranking, list(ranked))
    if not queryset.ordered:
        pages = pages.order_by(f"-{key}")
    elif not query.extra_order_by:
        pages = pages.order_by(*order, key)
    # An order by a relation to many yields a page once for each of them: the first counts.
    found = dict.fromkeys(pages.values_list(_SOURCE, flat=True))
    return replace(ranking, pages=tuple(ranked[page_id] for page_id in found if page_id in ranked))


def describe_page(page: Any, ranked: RankedPage, passages: PassageQuery | None, score_field: str = "") -> Any:
    """Set on a page what its rank is made of (``SearchHit``), and return it."""
    page.search_score = ranked.score
    page.search_matched_by = ranked.matched_by
    chunks = page.__dict__.pop(_PASSAGE, None)
    page.search_passage = read_passage(chunks, passages) if passages else None
    if score_field:
        setattr(page, score_field, ranked.score)
    return page


def make_passage_query(search: Search, vector: str) -> PassageQuery:
    """Return how to choose passages for a search.

    Args:
        search: Gives the terms; the heaviest are looked for.
        vector: Of the query, as PostgreSQL reads it; empty to go by terms alone.
    """
    heaviest = nlargest(
        constants.MAX_PASSAGE_TERMS,
        ((term_weight(term, search.generation.page_count), term.text) for term in search.terms),
    )
    total = sum(weight for weight, _ in heaviest)
    return PassageQuery(
        search.generation.get_vector_table(),
        search.generation.id,
        vector,
        {text: weight / total for weight, text in heaviest},
        search.analyzers,
        search.semantic_weight if vector else 0.0,
    )


def read_passage(value: Sequence[Any] | None, query: PassageQuery) -> SearchPassage | None:
    """Choose among the chunks that an annotation holds; ``None`` when the page has none to show.

    Args:
        value: heading, anchor, text and nearness of each chunk.
        query: how to choose.
    """
    best: tuple[float, Sequence[Any]] | None = None
    if value and len(value) == 1:
        return SearchPassage(*value[0][:3])
    for chunk in value or ():
        heading, _, text, nearness = chunk
        score = query.semantic_weight * nearness + (1 - query.semantic_weight) * _coverage(heading, text, query)
        if best is None or score > best[0]:
            best = score, chunk
    return SearchPassage(*best[1][:3]) if best else None


def _coverage(heading: str, text: str, query: PassageQuery) -> float:
    """Return the share of the query's terms that a chunk has."""
    if not query.shares:
        return 0.0
    said = f"{heading}\n{text}"
    terms = set[str]().union(*(analyzer.terms(said) for analyzer in query.analyzers))
    return sum(share for term, share in query.shares.items() if term in terms)


# The chunks nearest to the query, in order; where it has no vector, the first ones.
_CHUNKS = """(
    SELECT jsonb_agg(jsonb_build_array(heading, anchor, text, nearness) ORDER BY nearness DESC, position)
    FROM (
        SELECT chunk.heading, chunk.anchor, chunk.text, chunk.position, {nearness} AS nearness
        FROM {chunks} AS chunk
        WHERE chunk.page_id = {page_id} AND chunk.generation_id = %(generation)s AND NOT EXISTS (
            SELECT 1 FROM {entry} AS entry
            WHERE entry.page_id = chunk.page_id AND entry.generation_id = chunk.generation_id
            AND entry.requested_version > entry.done_version
        )
        ORDER BY nearness DESC, chunk.position LIMIT %(most)s
    ) AS nearest
)"""

_NEARNESS = "1 - (chunk.embedding <=> %(vector)s::halfvec)"


class ChosenPassage(Func):
    """Annotation for pages: the chunks that may be their passage, as a JSON array for ``read_passage``.

    It is null for a page with an edit that is not indexed yet: the stored text may have been removed from the page.
    """

    output_field = JSONField()

    def __init__(self, query: PassageQuery, page_id: Any = None, **extra: Any) -> None:
        super().__init__(page_id or F(page_key()), **extra)
        self.query = query

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Compile to a subquery on the page's own chunks."""
        query = self.query
        compiled, values = compiler.compile(self.source_expressions[0])
        page_id = name_parameters(compiled, values, "page_id")
        parameters: dict[str, Any] = {
            **page_id.parameters,
            "generation": query.generation_id,
            "most": constants.MAX_PASSAGES,
        }
        nearness = "0.0"
        if query._vector:
            nearness = _NEARNESS
            parameters["vector"] = query._vector
        statement = fill_names(
            connection.alias,
            _CHUNKS,
            chunks=table_name(query.vector_table),
            page_id=page_id.text,
            nearness=nearness,
        )
        return place_parameters(SQL(statement, parameters))
