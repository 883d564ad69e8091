"""Pages like a page: from its stored vectors, without a call to any provider."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet

from ..conf import DEFAULT_INDEX, IndexSettings, get_index_settings
from ..curation import RelatedPages, read_choice
from ..database.execute import fetch
from ..database.tables import page_model, table_name
from ..health import UnreadableError, is_new, reading
from ..health.statements import ADVICE
from ..ranking.formulas import breadth_around_page
from ..ranking.fusion import rank_semantic
from ..visibility import in_site_of, visible_to
from .candidates import find_candidates, get_database
from .curated import leave_out_chosen, load_curated
from .search import Search, prepare_search
from .semantic import SemanticLeg
from .values import Legs, Ranking

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

    The page is represented by the mean of its chunks. Its ``RelatedPagesField``, if its type has one, says what is
    pinned or hidden. At most five SQL statements, a sixth for a base ``Page`` whose type has that field, no call to the
    provider.

    Args:
        page: A page of any type, as it is saved or as a preview shows it. An alias has the relations of the page it
            shows.
        limit: The most pages to return; fewer come back only where there are fewer.
        queryset: Narrows what may be returned; by default every page of the same site, or of all sites where the
            setting ``ALL_SITES`` of the index says so.
        index_name: Of the index, a key of ``WAGTAIL_VECTOR_SEARCH``.
        request: Of the visitor, to return private pages that they may see, too (``visible_to``); by default none.
        choice: Of an editor, in place of the one that the page holds.

    Returns:
        Live pages, a private one only where ``request`` may see it. First those that are pinned, in the order of the
        editor, each as its translation in the locale of ``page`` where there is one, with ``search_matched_by``
        ``("pinned",)``. Then the nearest in that locale, each with ``search_score``, its cosine similarity. Never a
        hidden page, the page itself, an alias or a translation of it. Only pinned ones when the page is not indexed, or
        when the database refuses to read the index, or cancels that as too slow.

    Raises:
        SettingsError: there is no such index.
        TypeError: the queryset is sliced.
    """
    settings = get_index_settings(index_name)
    if limit <= 0:
        return []
    everything = pages = page_model()._default_manager.all() if queryset is None else queryset
    if queryset is None and not settings.all_sites:
        pages = in_site_of(page, everything)
    same = [page.pk, page.alias_of_id or page.pk]
    own = Q(pk__in=same) | Q(alias_of__in=same) | Q(translation_key=page.translation_key)
    others = (visible_to(request, pages) if request else pages).filter(~own)
    choice = read_choice(page) if choice is None else choice
    are_most = queryset is None and pages is everything
    ranking = Ranking(query="", using=get_database(others))
    try:
        with reading(ranking.using):
            ranking = _rank_others(page, leave_out_chosen(others, choice), settings, limit, are_most=are_most)
    except UnreadableError as error:
        if is_new(f"related {error}"):
            logger.warning("Related pages could not be found (%s). %s", error, ADVICE)
    return load_curated(ranking, choice, page, others, limit)


_MEAN = """
SELECT avg(l2_normalize(embedding))::text AS vector FROM {chunks}
WHERE page_id = %(page)s AND generation_id = %(generation)s
"""


def _rank_others(page: Any, queryset: QuerySet[Any], settings: IndexSettings, limit: int, *, are_most: bool) -> Ranking:
    """Rank the pages that the editor has not chosen; empty where the index has no answer.

    Those of one language lie together, so that a walk from one of them finds the others however few they are.
    """
    none = Ranking(query="", using=get_database(queryset))
    candidates = find_candidates(queryset.filter(locale=page.locale_id), with_aliases=True) if page.pk else None
    if candidates is None or not candidates.on_postgresql:
        return none
    candidates = replace(candidates, are_most_pages=are_most)
    search = prepare_search("", candidates, settings, "", legs=Legs.SEMANTIC)
    if search is None or not search.has_candidates:
        return none
    chunks = table_name(search.generation.get_vector_table())
    parameters = {"page": page.alias_of_id or page.pk, "generation": search.generation.id}
    (mean,) = fetch(search.using, _MEAN, parameters, chunks=chunks)
    return rank_nearest(mean.vector, search, limit) if mean.vector else none


def rank_nearest(vector: str, search: Search, limit: int) -> Ranking:
    """Rank the candidates nearest to a vector, as many as ``limit``.

    Args:
        vector: As PostgreSQL reads it.
        search: Gives the candidates and the generation.
        limit: The most pages to return; fewer come back only where there are fewer.
    """
    leg = SemanticLeg(
        vector,
        search.candidates,
        search.generation.get_vector_table(),
        search.generation.id,
        wanted=limit,
        at_least=limit,
        breadth=breadth_around_page(limit),
    )
    hits = leg.find(exact=search.limits.uses_exact_scan)
    with_aliases = search.candidates.with_aliases
    return Ranking(query="", using=search.using, pages=rank_semantic(hits), with_aliases=with_aliases)
