"""The path of a query: prepare, narrow, correct, embed, run the legs, fuse, refine, cut off. Read this first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings as django_settings
from django.db.models import QuerySet
from django.utils.translation import get_language

from ..conf import DEFAULT_INDEX, IndexSettings, get_index_settings
from ..database.execute import fetch, fill_names
from ..database.tables import table_name
from ..health import UnreadableError, reading
from ..ranking import formulas
from ..ranking.cutoff import make_cutoff
from ..ranking.fusion import fuse, rank_keyword, rank_semantic
from ..ranking.values import Hit, RankedPage
from .at_once import prepare_at_once
from .candidates import PUBLISHED, Candidates, find_candidates, get_database
from .embedding import embed_query
from .feedback import refine_by_feedback
from .keywords import described_sql, find_by_keywords, keyword_statement, read_hit
from .loading import make_passage_query
from .narrowing import narrow_candidates
from .search import Search, normalise_query, prepare_search
from .semantic import SemanticLeg, read_nearest
from .signals import report_degraded, why_unreadable
from .spelling import correct_words
from .unsaved import UnsavedPage
from .values import DegradedReason, Legs, QueryVector, Ranking, RankingDetails


def rank_pages(
    query: str,
    queryset: QuerySet[Any],
    *,
    index_name: str = DEFAULT_INDEX,
    legs: Legs = Legs.HYBRID,
    language_code: str = "",
    semantic_weight: float | None = None,
    correct_spelling: bool | None = None,
    unsaved: UnsavedPage | None = None,
    has_operators: bool = True,
) -> Ranking:
    """Rank the visible pages of a queryset by how well they answer a query.

    At most three SQL statements, whatever the number of pages and page types: one that prepares the search and runs the
    legs, one to correct a misspelt query, one for relevance feedback. ``load_pages`` makes it four. The legs have a
    statement of their own where the first cannot run them (``at_once``); a phrase costs another. At most one call to
    the embedding provider. A further statement now and then takes calls from the budget, notes a failure, or reads the
    vocabulary.

    Args:
        query: What the visitor typed, of any length and content.
        queryset: Of the page model or of any page type, with any filters; not sliced. Drafts, aliases and expired pages
            are left out of it, and so are private pages unless ``visible_to`` has narrowed it to a visitor.
        index_name: Of the index, a key of ``WAGTAIL_VECTOR_SEARCH``.
        legs: Which legs to run.
        language_code: Of the visitor; by default the active language. A query is read in the language of the pages that
            are searched; where these have several, in each, this one first.
        semantic_weight: Share of the semantic leg in a hybrid ranking, 0 to 1; by default as the settings say.
        correct_spelling: Whether typing errors are corrected; by default as the settings say. ``False`` searches for
            exactly what was typed.
        unsaved: A page to rank as it is in memory, among the pages of the queryset and as visible as they are. Nothing
            is stored of it, and ``load_pages`` does not know of it.
        has_operators: Whether quotes make phrases and hyphens exclude words, as visitors mean them; running text has no
            operators.

    Returns:
        The ranking. When the query cannot be embedded it is by words alone, and says so; when the index cannot answer
        at all, ``answered`` is false.

    Raises:
        SettingsError: there is no such index.
        TypeError: the queryset is sliced.
        ValueError: the weight is out of range.
    """
    settings = get_index_settings(index_name)
    if semantic_weight is not None:
        if not 0 <= semantic_weight <= 1:
            raise ValueError(f"semantic_weight must be from 0 to 1, not {semantic_weight}.")
        settings = replace(settings, semantic_weight=semantic_weight)
    if correct_spelling is not None:
        settings = replace(settings, correct_spelling=correct_spelling)
    text = normalise_query(query, settings.max_query_length)
    using = get_database(queryset)
    candidates = find_candidates(
        queryset.exclude(pk=unsaved.page_id) if unsaved else queryset, with_aliases=unsaved is None
    )
    if not text or candidates is None:
        return Ranking(query=text, using=using)

    def give_up(reason: DegradedReason, detail: str = "") -> Ranking:
        report_degraded(index_name, reason, detail)
        return Ranking(query=text, using=using, degraded_reason=reason, answered=False)

    if not candidates.on_postgresql:
        return give_up(DegradedReason.NOT_POSTGRESQL)
    language_code = language_code or get_language() or django_settings.LANGUAGE_CODE
    try:
        with reading(using):
            search, refused = _prepare(
                text, candidates, settings, language_code, legs=legs, unsaved=unsaved, has_operators=has_operators
            )
            return rank(search, refused) if search else give_up(DegradedReason.NOT_BUILT)
    except UnreadableError as error:
        return give_up(*why_unreadable(error))


def _prepare(
    text: str,
    candidates: Candidates,
    settings: IndexSettings,
    language_code: str,
    *,
    legs: Legs,
    unsaved: UnsavedPage | None,
    has_operators: bool,
) -> tuple[Search | None, UnreadableError | None]:
    """Return the search, and why the first statement could not run the legs if the database refused it."""
    refused = None
    if unsaved is None:
        try:
            with reading(candidates.using):
                return prepare_at_once(
                    text, candidates, settings, language_code, legs=legs, has_operators=has_operators
                ), None
        except UnreadableError as error:
            if Legs.SEMANTIC not in legs:
                raise
            refused = error
    search = prepare_search(
        text, candidates, settings, language_code, legs=legs, unsaved=unsaved, has_operators=has_operators
    )
    return search, refused


def rank(search: Search, refused: UnreadableError | None = None) -> Ranking:
    """Run a search that is prepared; by the keyword leg alone where there is no vector, or no time for it.

    Args:
        search: What to rank.
        refused: Why the first statement has run no legs, where the database has refused that.

    Raises:
        UnreadableError: the database has refused the keyword leg, too.
    """
    search = narrow_candidates(search) if search.has_candidates else search
    if not search.has_candidates:
        return Ranking(query=search.typed_query.written, using=search.using)
    detail = ""
    if Legs.SEMANTIC not in search.legs:
        return run_legs(correct_words(search), QueryVector())
    if Legs.KEYWORD in search.legs:
        search = correct_words(search)
    vector = search.early.vector if search.early else None
    if refused:
        reason, detail = why_unreadable(refused)
        vector = QueryVector(reason=reason)
    vector = vector or embed_query(
        search.text_to_embed,
        search.generation,
        search.settings,
        circuit_is_open=search.limits.circuit_is_open,
    )
    if not vector.reason:
        try:
            return run_legs(search, vector)
        except UnreadableError as error:
            reason, detail = why_unreadable(error)
            vector = QueryVector(reason=reason)
    if Legs.KEYWORD not in search.legs:
        search = correct_words(search)
    ranking = run_legs(replace(search, legs=Legs.KEYWORD), vector)
    report_degraded(search.settings.index_name, vector.reason, detail)
    return ranking


def run_legs(search: Search, vector: QueryVector) -> Ranking:
    """Rank the candidates by the semantic leg, the keyword leg or both, and leave out what the cut-off leaves out.

    One statement for the legs; for both legs a second, which is spent on relevance feedback, or on a look at every
    candidate where the walk of the HNSW index found too little. The semantic leg alone may need a second, too.

    Args:
        search: What to rank.
        vector: Of the query; the keyword leg does not read it.
    """
    cutoff = None
    with reading(search.using):
        if search.legs is Legs.KEYWORD:
            ranked = rank_keyword(_with_unsaved_in_keyword(find_by_keywords(search), search))
        else:
            semantic_only = search.legs is Legs.SEMANTIC
            # A page that has the phrase that is asked for is an answer.
            threshold = 0.0 if search.has_phrases else search.settings.cutoff
            cutoff = make_cutoff(search.terms, search.generation, threshold, semantic_only=semantic_only)
            leg = SemanticLeg(
                vector.literal,
                search.candidates,
                search.generation.get_vector_table(),
                search.generation.id,
                breadth=formulas.walk_breadth(search.generation.page_count),
            )
            if semantic_only:
                ranked = rank_semantic(_with_unsaved_in_semantic(_find_semantic(search, leg), search, leg))
            else:
                ranked = _rank_by_both_legs(search, leg)
    judged = cutoff.judge(ranked) if cutoff else ranked
    return Ranking(
        query=search.typed_query.written,
        using=search.using,
        pages=tuple(page for page in judged if cutoff is None or cutoff.is_enough(page)),
        left_out=tuple(page for page in judged if cutoff and not cutoff.is_enough(page)),
        corrected_query=search.corrected_query,
        degraded_reason=vector.reason,
        passages=make_passage_query(search, vector.literal),
        with_aliases=search.candidates.with_aliases,
        details=RankingDetails(
            search.generation, search.terms, search.typed, search.legs, search.semantic_weight, cutoff
        ),
    )


def _rank_by_both_legs(search: Search, leg: SemanticLeg) -> tuple[RankedPage, ...]:
    walked, scored = _find_by_both_legs(search, leg)
    semantic = _with_unsaved_in_semantic(leg.find_exactly() if walked is None else walked, search, leg)
    keyword = _with_unsaved_in_keyword(scored, search)
    weight, pool = search.semantic_weight, search.limits.candidate_count + (search.unsaved is not None)
    ranked = fuse(semantic, keyword, weight=weight, pool=pool)
    if walked is None or not ranked:
        return ranked
    refined = refine_by_feedback(ranked, search)
    return ranked if refined is None else fuse(semantic, keyword, weight=weight, pool=pool, refined=refined)


_SEMANTIC_LEG = """
WITH {closed_path}
SELECT TRUE AS is_semantic, page_id, score, walked, TRUE AS has_vectors, {published} AS published
FROM ({semantic}) AS found
"""
_BOTH_LEGS = f"""{_SEMANTIC_LEG} UNION ALL
SELECT FALSE, page_id, score, 0, has_vectors, published FROM ({{keyword}}) AS scored
"""


def _find_by_both_legs(search: Search, leg: SemanticLeg) -> tuple[list[Hit] | None, list[Hit]]:
    """Return the hits of both legs, by one statement unless the first one has run them; ``None`` for the semantic leg
    where its walk found too little."""
    if early := search.early_semantic:
        return _read_semantic(early.semantic or (), leg, is_exact=early.is_exact), find_by_keywords(search)
    is_exact = search.limits.uses_exact_scan
    semantic, keyword = leg.exact_statement() if is_exact else leg.hnsw_statement(), keyword_statement(search)
    rows = fetch(
        search.using,
        _BOTH_LEGS if keyword else _SEMANTIC_LEG,
        {**semantic.parameters, **(keyword.parameters if keyword else {})},
        closed_path=search.candidates.closed_path_sql.text,
        semantic=semantic.text,
        keyword=described_sql(search.using, keyword.text, table_name(leg.vector_table)) if keyword else "",
        published=fill_names(search.using, PUBLISHED),
    )
    hits = _read_semantic([row for row in rows if row.is_semantic], leg, is_exact=is_exact)
    return hits, [read_hit(row) for row in rows if not row.is_semantic]


def _find_semantic(search: Search, leg: SemanticLeg) -> list[Hit]:
    early = search.early_semantic
    if early is None:
        return leg.find(exact=search.limits.uses_exact_scan)
    hits = _read_semantic(early.semantic or (), leg, is_exact=early.is_exact)
    return leg.find_exactly() if hits is None else hits


def _read_semantic(rows: Sequence[Any], leg: SemanticLeg, *, is_exact: bool) -> list[Hit] | None:
    return list(map(read_nearest, rows)) if is_exact else leg.read_walk(rows)


def _with_unsaved_in_semantic(hits: list[Hit], search: Search, leg: SemanticLeg) -> list[Hit]:
    return search.unsaved.add_to_semantic(hits, leg.vector) if search.unsaved else hits


def _with_unsaved_in_keyword(hits: list[Hit], search: Search) -> list[Hit]:
    if search.unsaved is None:
        return hits
    return search.unsaved.add_to_keyword(hits, search.terms, search.titles, search.generation.page_count)
