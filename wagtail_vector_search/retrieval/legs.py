"""Runs the legs of a search and makes one ranking of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..conf import IndexSettings
from ..database.execute import fetch_all
from .candidates import Candidates
from .cutoff import Cutoff, make_cutoff
from .feedback import refine_by_feedback
from .fusion import Hit, default_semantic_weight, fuse, rank_by_meaning, rank_by_words
from .keywords import find_pages_by_words, keyword_statement
from .prepare import PreparedSearch
from .results import Legs, RankedPage
from .semantic import SemanticLeg, walk_breadth


@dataclass(frozen=True, slots=True)
class LegsRun:
    """What the legs have found.

    Args:
        pages: The pages that answer the query, best first.
        left_out: Those for which too little speaks, best first.
        cutoff: What was asked of a page; ``None`` where nothing was.
    """

    pages: tuple[RankedPage, ...]
    left_out: tuple[RankedPage, ...] = ()
    cutoff: Cutoff | None = None


def run_legs(
    vector: str, candidates: Candidates, prepared: PreparedSearch, settings: IndexSettings, legs: Legs
) -> LegsRun:
    """Rank the candidates by the semantic leg, the keyword leg or both.

    One statement for the legs; for both legs a second, which is spent on relevance feedback, or on a look at every
    candidate where the walk of the index found too little. The semantic leg alone may need a second, too.

    Args:
        vector: Of the query, as PostgreSQL reads it; not read by the keyword leg.
        candidates: The pages that may be returned.
        prepared: What is known of the query.
        settings: Give weight and cut-off.
        legs: Which legs to run.
    """
    if legs is Legs.KEYWORD:
        return LegsRun(rank_by_words(_add_by_words(find_pages_by_words(prepared, candidates), prepared, candidates)))
    generation = prepared.generation
    breadth = walk_breadth(generation.page_count)
    leg = SemanticLeg(vector, candidates, generation.get_vector_table(), generation.id, breadth=breadth)
    cutoff = make_cutoff(prepared, settings.cutoff, semantic_only=legs is Legs.SEMANTIC)
    if legs is Legs.SEMANTIC:
        return _cut(rank_by_meaning(_add_by_meaning(leg.find(scan=prepared.scan_candidates), leg)), cutoff)
    return _cut(_rank_by_both(leg, candidates, prepared, semantic_weight(prepared, settings, legs)), cutoff)


def semantic_weight(prepared: PreparedSearch, settings: IndexSettings, legs: Legs) -> float:
    """Return the share of the semantic leg, 0 to 1."""
    if legs is not Legs.HYBRID:
        return 1.0 if legs is Legs.SEMANTIC else 0.0
    if settings.semantic_weight is not None:
        return settings.semantic_weight
    return default_semantic_weight(prepared.generation.model)


def _rank_by_both(
    leg: SemanticLeg, candidates: Candidates, prepared: PreparedSearch, weight: float
) -> tuple[RankedPage, ...]:
    found, keyword = _find_by_both(leg, candidates, prepared)
    semantic = _add_by_meaning(leg.find_exactly() if found is None else found, leg)
    keyword = _add_by_words(keyword, prepared, candidates)
    pool = prepared.candidate_count + (candidates.unsaved is not None)
    ranked = fuse(semantic, keyword, weight=weight, pool=pool)
    if found is None or not ranked:
        return ranked
    refined = refine_by_feedback(ranked, prepared, candidates.using, candidates.unsaved)
    return ranked if refined is None else fuse(semantic, keyword, weight=weight, pool=pool, refined=refined)


def _add_by_meaning(hits: list[Hit], leg: SemanticLeg) -> list[Hit]:
    unsaved = leg.candidates.unsaved
    return unsaved.add_by_meaning(hits, leg.vector) if unsaved else hits


def _add_by_words(hits: list[Hit], prepared: PreparedSearch, candidates: Candidates) -> list[Hit]:
    return candidates.unsaved.add_by_words(hits, prepared) if candidates.unsaved else hits


def _find_by_both(
    leg: SemanticLeg, candidates: Candidates, prepared: PreparedSearch
) -> tuple[list[Hit] | None, list[Hit]]:
    """Return the hits of both legs, by one statement; ``None`` for the semantic leg where its walk found too little."""
    scan = prepared.scan_candidates
    semantic, keyword = leg.scan() if scan else leg.walk(), keyword_statement(prepared, candidates)
    text, params = f"SELECT TRUE, nearest.* FROM ({semantic.text}) AS nearest", semantic.params
    if keyword:
        text += f" UNION ALL SELECT FALSE, scored.*, 0 FROM ({keyword.text}) AS scored"
        params += keyword.params
    nearest: list[list[Any]] = []
    scored: list[list[Any]] = []
    for is_semantic, *row in fetch_all(candidates.using, text, params):
        (nearest if is_semantic else scored).append(row)
    hits = [Hit(page_id, similarity) for page_id, similarity, _ in nearest] if scan else leg.read(nearest)
    return hits, [Hit(page_id, score) for page_id, score, _ in scored]


def _cut(ranked: tuple[RankedPage, ...], cutoff: Cutoff | None) -> LegsRun:
    if cutoff is None:
        return LegsRun(ranked)
    judged = cutoff.judge(ranked)
    kept = tuple(page for page in judged if cutoff.is_enough(page))
    return LegsRun(kept, tuple(page for page in judged if not cutoff.is_enough(page)), cutoff)
