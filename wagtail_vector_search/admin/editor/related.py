"""The pages that are related to a draft: nearest to the mean of its passages, as for a published page."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from ...database.vectors import vector_literal
from ...generations.writable import WritableGeneration
from ...retrieval import Legs, UnsavedPage, load_pages
from ...retrieval.candidates import find_candidates
from ...retrieval.related import rank_nearest
from ...retrieval.search import prepare_search


def related_to_draft(
    draft: UnsavedPage, page: Any, among: QuerySet[Any], target: WritableGeneration, limit: int
) -> list[Any]:
    """Return the pages nearest in meaning to a draft, in its locale, without its translations.

    Args:
        draft: As it would be indexed.
        page: As it is stored.
        among: Pages that may be returned.
        target: The index.
        limit: The most pages to return.
    """
    others = among.exclude(Q(pk=page.pk) | Q(translation_key=page.translation_key)).filter(locale=page.locale_id)
    candidates = find_candidates(others)
    search = prepare_search("", candidates, target.configured, "", legs=Legs.SEMANTIC) if candidates else None
    if search is None or not search.has_candidates or not len(draft.vectors):
        return []
    mean = vector_literal(draft.vectors.mean(axis=0))
    return load_pages(rank_nearest(mean, search, limit), others)
