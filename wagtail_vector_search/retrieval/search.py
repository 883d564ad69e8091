"""The path of a query: normalise, prepare, embed, run the legs, fuse. Read this first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings as django_settings
from django.db.models import QuerySet
from django.utils.translation import get_language

from ..conf import DEFAULT_INDEX, IndexSettings, get_index_settings
from ..database.time_limits import OutOfTimeError, in_time
from .candidates import Candidates, find_candidates, get_database
from .embedding import QueryVector, embed_query
from .legs import run_legs, semantic_weight
from .passages import PassageQuery, make_passage_query
from .prepare import PreparedSearch, prepare_search
from .query import normalise_query
from .results import DegradedReason, Legs, Ranking, RankingDetails
from .signals import report_degraded
from .spelling import Correction, correct_spelling
from .unsaved import UnsavedPage


def rank_pages(
    query: str,
    queryset: QuerySet[Any],
    *,
    index_name: str = DEFAULT_INDEX,
    legs: Legs = Legs.HYBRID,
    language_code: str = "",
    semantic_weight: float | None = None,
    unsaved: UnsavedPage | None = None,
) -> Ranking:
    """Rank the visible pages of a queryset by how well they answer a query.

    At most four SQL statements, whatever the number of pages and page types: one to prepare, one to correct a misspelt
    query, one for both legs, one for relevance feedback. ``load_pages`` makes it five. At most one call to the
    embedding provider. A further statement now and then takes calls from the budget, notes a failure, or reads the
    vocabulary.

    Args:
        query: What the visitor typed, of any length and content.
        queryset: Of the page model or of any page type, with any filters; not sliced. Drafts, aliases and pages with
            a view restriction are left out of it.
        index_name: Of the index, a key of ``WAGTAIL_VECTOR_SEARCH``.
        legs: Which legs to run.
        language_code: Of the query; by default the active language. It decides how words are stemmed.
        semantic_weight: Share of the semantic leg in a hybrid ranking, 0 to 1; by default as the settings say.
        unsaved: A page to rank as it is in memory, among the pages of the queryset and as visible as they are. Nothing
            is stored of it, and ``load_pages`` does not know of it.

    Returns:
        The ranking. When the query cannot be embedded it is by words alone, and says so; when the index cannot answer
        at all, ``answered`` is false.

    Raises:
        SettingsError: there is no such index.
        TypeError: the queryset is sliced.
        ValueError: the weight is out of range.
    """
    settings = _with_weight(get_index_settings(index_name), semantic_weight)
    text = normalise_query(query, settings.max_query_length)
    using = get_database(queryset)
    candidates = find_candidates(queryset, unsaved)
    if not text or candidates is None:
        return Ranking(query=text, using=using)
    if not candidates.on_postgresql:
        return _unanswered(text, using, index_name, DegradedReason.NOT_POSTGRESQL)
    try:
        with in_time(using, limited=False):
            prepared = prepare_search(text, candidates, settings, language_code or _active_language())
        if prepared is None:
            return _unanswered(text, using, index_name, DegradedReason.NOT_BUILT)
        return _rank(text, candidates.with_known_paths(prepared.closed_paths), prepared, settings, legs)
    except OutOfTimeError:
        return _unanswered(text, using, index_name, DegradedReason.DATABASE_TIMEOUT)


def _with_weight(settings: IndexSettings, semantic_weight: float | None) -> IndexSettings:
    if semantic_weight is None:
        return settings
    if not 0 <= semantic_weight <= 1:
        raise ValueError(f"semantic_weight must be from 0 to 1, not {semantic_weight}.")
    return replace(settings, semantic_weight=semantic_weight)


def _active_language() -> str:
    return get_language() or django_settings.LANGUAGE_CODE


def _unanswered(text: str, using: str, index_name: str, reason: DegradedReason) -> Ranking:
    report_degraded(index_name, reason)
    return Ranking(query=text, using=using, degraded_reason=reason, answered=False)


def _rank(text: str, candidates: Candidates, prepared: PreparedSearch, settings: IndexSettings, legs: Legs) -> Ranking:
    if not prepared.candidate_count and not candidates.unsaved:
        return Ranking(query=text, using=candidates.using)
    corrected = _correct(text, prepared, candidates) if settings.correct_spelling else Correction("", prepared)
    if Legs.SEMANTIC not in legs:
        return _rank_with(QueryVector(), text, candidates, corrected, settings, legs)
    vector = _embed(corrected.text or text, prepared, settings)
    if not vector.reason:
        try:
            return _rank_with(vector, text, candidates, corrected, settings, legs)
        except OutOfTimeError:
            vector = QueryVector(reason=DegradedReason.DATABASE_TIMEOUT)
    ranking = _rank_with(vector, text, candidates, corrected, settings, Legs.KEYWORD)
    report_degraded(settings.index_name, vector.reason)
    return ranking


def _correct(text: str, prepared: PreparedSearch, candidates: Candidates) -> Correction:
    try:
        with in_time(candidates.using, limited=prepared.has_time_limit):
            return correct_spelling(text, prepared, candidates)
    except OutOfTimeError:
        return Correction("", prepared)


def _rank_with(
    vector: QueryVector,
    text: str,
    candidates: Candidates,
    corrected: Correction,
    settings: IndexSettings,
    legs: Legs,
) -> Ranking:
    prepared = corrected.prepared
    weight = semantic_weight(prepared, settings, legs)
    with in_time(candidates.using, limited=prepared.has_time_limit):
        run = run_legs(vector.literal, candidates, prepared, settings, legs)
    return Ranking(
        query=text,
        using=candidates.using,
        pages=run.pages,
        left_out=run.left_out,
        corrected_query=corrected.text,
        degraded_reason=vector.reason,
        words=tuple(term.text for term in prepared.terms),
        passages=_passage_query(vector.literal, prepared, weight),
        details=RankingDetails(prepared, weight, run.cutoff),
    )


def _embed(text: str, prepared: PreparedSearch, settings: IndexSettings) -> QueryVector:
    return embed_query(text, prepared.generation, settings, left_alone=prepared.provider_left_alone)


def _passage_query(vector: str, prepared: PreparedSearch, weight: float) -> PassageQuery:
    generation = prepared.generation
    return make_passage_query(
        generation.get_vector_table(),
        generation.id,
        vector,
        prepared.terms,
        generation.page_count,
        weight,
    )
