"""Why a page stands where it does: both legs, the terms with their weights, the passage, the cut-off, the formulas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ..database.execute import fetch
from ..database.tables import PageKey
from ..ranking import formulas
from .keywords import sparse_query
from .values import Explanation, Legs, MatchedTerm, Ranking, RankingDetails

MATCHED_TERMS = """
SELECT entry_terms.page_id, query_term.term, -(entry_terms.weights <#> query_term.weights::sparsevec) AS weight
FROM {entry_terms} AS entry_terms
CROSS JOIN unnest(%(terms)s::text[], %(weights)s::text[]) AS query_term (term, weights)
WHERE entry_terms.generation_id = %(generation)s AND entry_terms.page_id = ANY(%(pages)s)
    AND query_term.term = ANY(entry_terms.terms)
ORDER BY weight DESC, term
"""


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
    keys = [page.pk if page.pk in ranked else page.alias_of_id for page in pages]
    terms = _match_terms(ranking, keys)
    found = (*ranking.pages, *ranking.left_out)
    semantic_ranks = _ranks({page.page_id: page.similarity for page in found if page.is_near})
    keyword_ranks = _ranks({page.page_id: page.keyword_score for page in found})
    used = _formulas_of(details)
    explanations = []
    for key, loaded in zip(keys, pages, strict=True):
        rank, page = ranked[key]
        explanations.append(
            Explanation(
                rank=rank,
                page=loaded,
                score=page.score,
                semantic_rank=semantic_ranks.get(page.page_id),
                similarity=page.similarity,
                keyword_rank=keyword_ranks.get(page.page_id),
                keyword_score=page.keyword_score,
                terms=terms.get(page.page_id, ()),
                passage=loaded.search_passage,
                evidence=page.evidence,
                cutoff=details.cutoff.threshold if details.cutoff else None,
                semantic_weight=details.semantic_weight,
                formulas=used,
            )
        )
    return explanations


def _formulas_of(details: RankingDetails) -> tuple[str, ...]:
    used = []
    if details.legs is Legs.HYBRID:
        weight = details.semantic_weight
        used.append(formulas.FUSED_SCORE.format(weight=weight, rest=1 - weight))
    if Legs.SEMANTIC in details.legs:
        used.append(formulas.SIMILARITY)
    if Legs.KEYWORD in details.legs:
        used += [formulas.KEYWORD_SCORE, formulas.IDF.format(page_count=details.generation.page_count)]
    if details.cutoff:
        used.append(formulas.EVIDENCE)
    return tuple(used)


def _ranks(scores: Mapping[PageKey, float | None]) -> dict[PageKey, int]:
    """Return the place of each page that has a score; equal scores in the order of the primary key."""
    found = [(-score, page_id) for page_id, score in scores.items() if score is not None]
    return {page_id: rank for rank, (_, page_id) in enumerate(sorted(found), start=1)}


def _match_terms(ranking: Ranking, page_ids: Sequence[PageKey]) -> dict[PageKey, tuple[MatchedTerm, ...]]:
    details = ranking.details
    if details is None or not details.terms or not page_ids:
        return {}
    parameters = {
        "terms": [term.text for term in details.terms],
        "weights": [sparse_query([term], details.generation.page_count) for term in details.terms],
        "generation": details.generation.id,
        "pages": list(page_ids),
    }
    matched: dict[PageKey, list[MatchedTerm]] = defaultdict(list)
    for row in fetch(ranking.using, MATCHED_TERMS, parameters):
        matched[row.page_id].append(MatchedTerm(row.term, row.weight))
    return {page_id: tuple(terms) for page_id, terms in matched.items()}
