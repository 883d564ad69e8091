"""Pages like a page: from its stored vectors, without a call to any provider."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet

from ..conf import DEFAULT_INDEX, IndexSettings, get_index_settings
from ..curation import RelatedPages, read_choice
from ..database.execute import fetch_all
from ..database.tables import page_model, table_name
from ..database.time_limits import OutOfTimeError, in_time
from ..visibility.pages import visible_to
from .candidates import Candidates, find_candidates, get_database
from .curated import leave_out_chosen, load_curated
from .fusion import rank_by_meaning
from .prepare import PreparedSearch, prepare_search
from .results import Ranking
from .semantic import SemanticLeg, breadth_around_page

logger = logging.getLogger(__name__)


def related_pages(
    page: Any,
    *,
    limit: int = 5,
    queryset: QuerySet[Any] | None = None,
    index_name: str = DEFAULT_INDEX,
    request: Any = None,
    choice: RelatedPages | None = None,
) -> list[Any]:
    """Return the pages that an editor has pinned to a page, then those nearest to it in meaning.

    The page is represented by the mean of its chunks. What is pinned or hidden stands in its ``RelatedPagesField``, if
    its type has one. At most five SQL statements, a sixth for a base ``Page`` whose type has that field, no call to the
    provider.

    Args:
        page: A page of any type, as it is saved or as a preview shows it. An alias has the relations of the page it
            shows.
        limit: The most pages to return; so many come back whenever there are enough.
        queryset: Narrows what may be returned; by default every page.
        index_name: Of the index, a key of ``WAGTAIL_VECTOR_SEARCH``.
        request: Of the visitor, to return private pages that they may see, too (``visible_to``); by default none.
        choice: Of an editor, in place of the one that stands in the page.

    Returns:
        Live pages without view restrictions. First those that are pinned, in the order of the editor, each as its
        translation in the locale of ``page`` where there is one, with ``search_matched_by`` ``("pinned",)``. Then the
        nearest in that locale, each with ``search_score``, its cosine similarity. Never a hidden page, the page itself,
        an alias or a translation of it. Only pinned ones when it is not indexed, or when the database cancels the
        search as too slow.

    Raises:
        SettingsError: there is no such index.
        TypeError: the queryset is sliced.
    """
    settings = get_index_settings(index_name)
    if limit <= 0:
        return []
    pages = page_model()._default_manager.all() if queryset is None else queryset
    others = _others(page, visible_to(request, pages) if request else pages)
    choice = read_choice(page) if choice is None else choice
    ranking = _rank_others(page, leave_out_chosen(others, choice), settings, limit, are_most=queryset is None)
    return load_curated(ranking, choice, page, others, limit)


def _rank_others(page: Any, queryset: QuerySet[Any], settings: IndexSettings, limit: int, *, are_most: bool) -> Ranking:
    """Rank the pages that nobody has chosen; empty where the index has no answer.

    Those of one language lie together, so that a walk from one of them finds the others however few they are.
    """
    none = Ranking(query="", using=get_database(queryset))
    candidates = find_candidates(queryset.filter(locale=page.locale_id)) if page.pk else None
    if candidates is None or not candidates.on_postgresql:
        return none
    prepared = prepare_search("", replace(candidates, are_most_pages=are_most), settings, "")
    if prepared is None or not prepared.candidate_count:
        return none
    try:
        with in_time(candidates.using, limited=prepared.has_time_limit):
            return _rank(_source_id(page), candidates, prepared, settings, limit)
    except OutOfTimeError:
        logger.warning("Related pages took longer than the statement_timeout of the database.")
        return none


def _source_id(page: Any) -> Any:
    return page.alias_of_id or page.pk


def _others(page: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
    own = Q(pk__in=[page.pk, _source_id(page)]) | Q(translation_key=page.translation_key)
    return queryset.filter(~own)


def _rank(
    page_id: Any, candidates: Candidates, prepared: PreparedSearch, settings: IndexSettings, limit: int
) -> Ranking:
    vector_table = prepared.generation.get_vector_table()
    statement = f"SELECT avg(l2_normalize(embedding))::text FROM {table_name(vector_table)} WHERE page_id = %s AND generation_id = %s"
    ((mean,),) = fetch_all(candidates.using, statement, [page_id, prepared.generation.id])
    return rank_nearest(mean, candidates, prepared, limit) if mean else Ranking(query="", using=candidates.using)


def rank_nearest(vector: str, candidates: Candidates, prepared: PreparedSearch, limit: int) -> Ranking:
    """Rank the candidates nearest to a vector, as many as ``limit``.

    Args:
        vector: As PostgreSQL reads it.
        candidates: The pages that may be returned.
        prepared: The generation, how many candidates there are, and which pages are closed.
        limit: The most pages to return; so many come back whenever there are enough.
    """
    generation = prepared.generation
    model = generation.get_vector_table()
    known, breadth = candidates.with_known_paths(prepared.closed_paths), breadth_around_page(limit)
    leg = SemanticLeg(vector, known, model, generation.id, wanted=limit, at_least=limit, breadth=breadth)
    hits = leg.find(scan=prepared.scan_candidates)
    return Ranking(query="", using=candidates.using, pages=rank_by_meaning(hits))
