"""Pages like a page: from its stored vectors, without a call to any provider."""

from __future__ import annotations

import logging
from typing import Any

from django.db.models import Q, QuerySet

from ..conf import DEFAULT_ALIAS, IndexSettings, get_index_settings
from .candidates import Candidates, find_candidates
from .dense import DenseLeg
from .fusion import rank_by_meaning
from .loading import load_pages
from .patience import OutOfTimeError, in_time
from .prepare import PreparedSearch, prepare_search
from .results import Ranking
from .sql import fetch_all, page_model, table
from .visibility import visible_to

logger = logging.getLogger(__name__)


def related_pages(
    page: Any,
    *,
    limit: int = 5,
    queryset: QuerySet[Any] | None = None,
    alias: str = DEFAULT_ALIAS,
    request: Any = None,
) -> list[Any]:
    """Return the pages nearest in meaning to a page.

    The page is represented by the mean of its chunks. At most five SQL statements, no call to the provider.

    Args:
        page: A saved page, of any type. An alias has the relations of the page it shows.
        limit: The most pages to return; so many come back whenever there are enough.
        queryset: Narrows what may be returned; by default every page.
        alias: Of the index, a key of ``WAGTAIL_VECTOR_SEARCH``.
        request: Of the visitor, to return private pages that they may see, too (``visible_to``); by default none.

    Returns:
        Live pages without view restrictions in the locale of ``page``, nearest first, each with ``search_score``, its
        cosine similarity. Never the page itself, an alias or a translation of it. Empty when it is not indexed, or when
        the database cancels the search as too slow.

    Raises:
        SettingsError: there is no such index.
        TypeError: the queryset is sliced.
    """
    settings = get_index_settings(alias)
    pages = page_model()._default_manager.all() if queryset is None else queryset
    others = _others(page, visible_to(request, pages) if request else pages)
    candidates = find_candidates(others) if page.pk and limit > 0 else None
    if candidates is None or not candidates.on_postgresql:
        return []
    prepared = prepare_search("", candidates, settings, "")
    if prepared is None or not prepared.candidate_count:
        return []
    try:
        with in_time(candidates.using, limited=prepared.has_time_limit):
            ranking = _rank(_source_id(page), candidates, prepared, settings, limit)
    except OutOfTimeError:
        logger.warning("Related pages took longer than the statement_timeout of the database.")
        return []
    return load_pages(ranking, others)


def _source_id(page: Any) -> Any:
    return page.alias_of_id or page.pk


def _others(page: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
    own = Q(pk__in=[page.pk, _source_id(page)]) | Q(translation_key=page.translation_key)
    return queryset.filter(~own, locale=page.locale_id)


def _rank(
    page_id: Any, candidates: Candidates, prepared: PreparedSearch, settings: IndexSettings, limit: int
) -> Ranking:
    embedding_model = prepared.generation.get_embedding_model()
    statement = (
        f"SELECT avg(l2_normalize(embedding))::text FROM {table(embedding_model)} WHERE page_id = %s AND index_id = %s"
    )
    ((mean,),) = fetch_all(candidates.using, statement, [page_id, prepared.generation.id])
    if not mean:
        return Ranking(query="", using=candidates.using)
    leg = DenseLeg(mean, candidates, embedding_model, prepared.generation.id, wanted=limit, at_least=limit)
    hits = leg.find(scan=prepared.scan_candidates)
    return Ranking(query="", using=candidates.using, pages=rank_by_meaning(hits))
