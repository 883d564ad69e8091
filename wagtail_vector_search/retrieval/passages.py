"""The passage that a result is shown with: the chunk of the page that answers the query best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from operator import itemgetter
from typing import Any

from django.db.models import F, Func, JSONField

from ..database.execute import SQL
from ..database.tables import page_key, table_name
from ..models import AbstractEmbedding, Entry
from .keywords import weigh
from .prepare import QueryTerm
from .results import SearchPassage

#: Terms of a query that are looked for in each chunk: those that say most.
MAX_TERMS = 32


@dataclass(frozen=True, slots=True)
class PassageQuery:
    """How to choose among the chunks of a page.

    Chunks are compared by the same two things as pages, with the same weight: how near a chunk is to the query, and
    how much of the query's words, by their inverse document frequency, it has.

    Args:
        vector_table: The table of the chunks.
        generation_id: The generation to read.
        _vector: Of the query, as PostgreSQL reads it; empty when the search went on with words alone. Its name keeps
            it from templates.
        terms: The query's, in lower case.
        shares: What each term counts; together 1.
        semantic_weight: Share of the nearness, 0 to 1.
    """

    vector_table: type[AbstractEmbedding]
    generation_id: int
    _vector: str = field(repr=False)
    terms: tuple[str, ...]
    shares: tuple[float, ...]
    semantic_weight: float

    def as_expression(self) -> ChosenPassage:
        """Return an annotation for a queryset of pages; ``read_passage`` reads its value."""
        return ChosenPassage(self)


def make_passage_query(
    vector_table: type[AbstractEmbedding],
    generation_id: int,
    vector: str,
    terms: Sequence[QueryTerm],
    page_count: int,
    semantic_weight: float,
) -> PassageQuery:
    """Return how to choose passages for a query; see ``PassageQuery``."""
    weighed = [(weigh(term, page_count), term.text) for term in terms]
    heaviest = nlargest(MAX_TERMS, weighed, key=itemgetter(0))
    total = sum(weight for weight, _ in heaviest)
    shares = tuple(weight / total for weight, _ in heaviest)
    words = tuple(text for _, text in heaviest)
    return PassageQuery(vector_table, generation_id, vector, words, shares, semantic_weight if vector else 0.0)


def read_passage(value: Sequence[str] | None) -> SearchPassage | None:
    """Return the passage that an annotation holds; ``None`` when the page has none to show."""
    return SearchPassage(*value) if value else None


def spellings(term: str) -> tuple[str, str]:
    """Return the two ways in which words of a term may begin: "librari" begins "libraries", "library" does not."""
    return term, term[:-1] + "y" if len(term) > 2 and term.endswith("i") else term


class ChosenPassage(Func):
    """Heading, anchor and text of a page's best chunk, as a JSON array.

    It is null for a page with an edit that is not indexed yet: the stored text may have been removed from the page.
    """

    output_field = JSONField()

    def __init__(self, query: PassageQuery, **extra: Any) -> None:
        super().__init__(F(page_key()), **extra)
        self.query = query

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Compile to a subquery on the page's own chunks."""
        page, params = compiler.compile(self.source_expressions[0])
        nearness, coverage = _nearness(self.query), _coverage(self.query)
        statement = f"""(
            SELECT jsonb_build_array(chunk.heading, chunk.anchor, chunk.text)
            FROM {table_name(self.query.vector_table)} AS chunk
            WHERE chunk.page_id = {page} AND chunk.generation_id = %s AND NOT EXISTS (
                SELECT 1 FROM {table_name(Entry)} AS entry
                WHERE entry.page_id = chunk.page_id AND entry.generation_id = chunk.generation_id
                AND entry.requested_version > entry.done_version
            )
            ORDER BY {nearness.text} + {coverage.text} DESC, chunk.position LIMIT 1
        )"""
        return statement, [*params, self.query.generation_id, *nearness.params, *coverage.params]


def _nearness(query: PassageQuery) -> SQL:
    if not query._vector:
        return SQL("0")
    return SQL("%s * (1 - (chunk.embedding <=> %s::halfvec))", (query.semantic_weight, query._vector))


def _coverage(query: PassageQuery) -> SQL:
    """Return the share of the query's words that a chunk has. OFFSET 0 lowers the text once, not once a word."""
    if not query.terms or query.semantic_weight == 1:
        return SQL("0")
    text = """%s * (
        SELECT coalesce(sum(word.share), 0)
        FROM (SELECT lower(chunk.heading || ' ' || chunk.text) AS text OFFSET 0) AS lowered,
            unnest(%s::text[], %s::text[], %s::float8[]) AS word (beginning, other, share)
        WHERE strpos(lowered.text, word.beginning) > 0 OR strpos(lowered.text, word.other) > 0
    )"""
    beginnings, others = zip(*map(spellings, query.terms), strict=True)
    return SQL(text, (1 - query.semantic_weight, list(beginnings), list(others), list(query.shares)))
