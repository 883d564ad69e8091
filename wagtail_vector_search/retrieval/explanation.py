"""Why a page stands where it does: both legs, the words with their weights, the passage, and the cut-off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..database.execute import fetch_all
from ..database.tables import table_name
from ..models import EntryTerms
from .keywords import sparse_query
from .results import RankedPage, Ranking, RankingDetails, SearchPassage


@dataclass(frozen=True, slots=True)
class MatchedWord:
    """A word of the query that stands on a page.

    Args:
        term: The word, as it is indexed.
        weight: What it adds to the page's BM25 score.
    """

    term: str
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one page is among the results of a search, and where.

    Args:
        rank: Place among the results, from 1.
        page: The page, with ``search_score``, ``search_matched_by`` and ``search_passage``.
        score: Fused score; for one leg alone, that of the leg.
        semantic_rank: Place in the semantic leg, from 1; ``None`` when that leg did not find it.
        similarity: Cosine similarity of its nearest chunk; ``None`` when the semantic leg did not find it.
        keyword_rank: Place in the keyword leg, from 1; ``None`` when that leg did not find it.
        keyword_score: BM25 score; ``None`` when the keyword leg did not find it.
        words: Words of the query that stand on the page, heaviest first. Their weights add up to the BM25 score.
        passage: The chunk that answers best; ``None`` when there is none to show.
        evidence: What is held against the cut-off; ``None`` where there is no cut-off.
        cutoff: What the evidence has to reach; ``None`` where there is no cut-off.
        semantic_weight: Share of the semantic leg in the score, 0 to 1.
    """

    rank: int
    page: Any
    score: float
    semantic_rank: int | None
    similarity: float | None
    keyword_rank: int | None
    keyword_score: float | None
    words: tuple[MatchedWord, ...]
    passage: SearchPassage | None
    evidence: float | None
    cutoff: float | None
    semantic_weight: float


def explain_pages(ranking: Ranking, pages: Sequence[Any]) -> list[Explanation]:
    """Explain pages that ``load_pages`` has loaded. One statement.

    Args:
        ranking: What the pages were loaded from.
        pages: Some of its pages.

    Returns:
        An explanation for each page, in their order; none where the index did not answer.
    """
    details = ranking.details
    if details is None:
        return []
    ranked = {page.page_id: (rank, page) for rank, page in enumerate(ranking.pages, start=1)}
    words = _match_words(ranking, details, [page.pk for page in pages])
    every = (*ranking.pages, *ranking.left_out)
    semantic = _ranks({page.page_id: page.similarity for page in every})
    keyword = _ranks({page.page_id: page.keyword_score for page in every})

    def explain(loaded: Any, rank: int, page: RankedPage) -> Explanation:
        return Explanation(
            rank=rank,
            page=loaded,
            score=page.score,
            semantic_rank=semantic.get(page.page_id),
            similarity=page.similarity,
            keyword_rank=keyword.get(page.page_id),
            keyword_score=page.keyword_score,
            words=words.get(page.page_id, ()),
            passage=loaded.search_passage,
            evidence=page.evidence,
            cutoff=details.cutoff.threshold if details.cutoff else None,
            semantic_weight=details.semantic_weight,
        )

    return [explain(page, *ranked[page.pk]) for page in pages]


def _ranks(scores: Mapping[Any, float | None]) -> dict[Any, int]:
    """Return the place of each page that has a score; equal scores in the order of the primary key."""
    found = [(-score, page_id) for page_id, score in scores.items() if score is not None]
    return {page_id: rank for rank, (_, page_id) in enumerate(sorted(found), start=1)}


def _match_words(
    ranking: Ranking, details: RankingDetails, page_ids: Sequence[Any]
) -> dict[Any, tuple[MatchedWord, ...]]:
    terms, generation_id = details.prepared.terms, details.prepared.generation.id
    if not terms or not page_ids:
        return {}
    statement = f"""
        SELECT entry_terms.page_id, word.term, -(entry_terms.weights <#> word.query::sparsevec) AS weight
        FROM {table_name(EntryTerms)} AS entry_terms CROSS JOIN unnest(%s::text[], %s::text[]) AS word (term, query)
        WHERE entry_terms.generation_id = %s AND entry_terms.page_id = ANY(%s) AND word.term = ANY(entry_terms.terms)
        ORDER BY weight DESC, term
    """
    queries = [sparse_query([term], details.prepared.generation.page_count) for term in terms]
    params = [[term.text for term in terms], queries, generation_id, list(page_ids)]
    words: dict[Any, list[MatchedWord]] = defaultdict(list)
    for page_id, term, weight in fetch_all(ranking.using, statement, params):
        words[page_id].append(MatchedWord(term, weight))
    return {page_id: tuple(matched) for page_id, matched in words.items()}
