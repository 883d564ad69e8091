"""Related pages as an editor has chosen them: pinned ones first, hidden ones never."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from ..curation import RelatedPages
from ..database.tables import page_key, page_model
from ..ranking.values import PINNED
from ..visibility.pages import visible_pages
from .candidates import get_database
from .loading import by_source, describe_page, load_pages, source_of
from .values import Ranking

_PIN = "_wagtail_vector_search_pin"


def leave_out_chosen(queryset: QuerySet[Any], choice: RelatedPages) -> QuerySet[Any]:
    """Narrow a queryset to pages that are neither pinned nor hidden, in whatever language, nor aliases of these."""
    if not choice:
        return queryset
    groups = _groups((*choice.pinned, *choice.hidden), get_database(queryset))
    return queryset.exclude(translation_key__in=groups).exclude(alias_of__translation_key__in=groups)


def load_curated(ranking: Ranking, choice: RelatedPages, page: Any, queryset: QuerySet[Any], limit: int) -> list[Any]:
    """Load the pages that are pinned, then those that were ranked, by one SQL statement.

    Args:
        ranking: Of the pages that the editor has not chosen, in the locale of ``page``.
        choice: Of the editor.
        page: That the others are related to. A pinned page is replaced by its translation in the locale of this one, if
            a visitor may see that.
        queryset: Narrows what may be returned.
        limit: The most pages to return.

    Returns:
        Visible pages; those that are pinned with ``search_matched_by`` ``("pinned",)`` and without a score.
    """
    if not choice.pinned:
        return load_pages(ranking, queryset.filter(locale=page.locale_id), stop=limit)
    loaded = _load(ranking, choice, page, queryset)
    pinned = _pick(loaded, choice, page.locale_id)
    for shown in pinned:
        shown.search_score = shown.search_passage = None
        shown.search_matched_by = (PINNED,)
    others = by_source(found for found in loaded if found.locale_id == page.locale_id)
    ranked = [
        describe_page(others[hit.page_id], hit, ranking.passages) for hit in ranking.pages if hit.page_id in others
    ]
    return [*pinned, *ranked][:limit]


def _load(ranking: Ranking, choice: RelatedPages, page: Any, queryset: QuerySet[Any]) -> list[Any]:
    key, pages = page_key(), page_model()._base_manager.using(ranking.using)
    ranked = [hit.page_id for hit in ranking.pages]
    named = pages.filter(**{f"{key}__in": [*choice.pinned, *ranked]})
    groups = _groups(choice.pinned, ranking.using)
    # A union, each part of which is a look-up in an index; joined by OR they would read every page.
    wanted = named.values(key).union(
        pages.filter(**{f"{key}__in": pages.filter(pk__in=choice.pinned).values("alias_of")}).values(key),
        pages.filter(locale=page.locale_id, translation_key__in=groups).values(key),
    )
    if ranking.with_aliases:
        wanted = wanted.union(pages.filter(alias_of__in=ranked).values(key))
    among = queryset.using(ranking.using).filter(**{f"{key}__in": wanted}).annotate(**source_of(ranking))
    visible = visible_pages(among, is_alias=None if ranking.with_aliases else False)
    # The first pin that is the page, a translation or an alias of it.
    order = Case(*(When(pk=pin, then=Value(position)) for position, pin in enumerate(choice.pinned)))
    same = groups.annotate(_order=order).filter(_group=OuterRef("translation_key"))
    return list(visible.annotate(**{_PIN: Subquery(same.order_by("_order").values("pk")[:1])}).order_by())


def _pick(loaded: Sequence[Any], choice: RelatedPages, locale_id: Any) -> list[Any]:
    """Return the page to show for each pin: in the given locale, there perhaps as an alias, or the one pinned."""
    of_pin: dict[Any, list[Any]] = {pin: [] for pin in choice.pinned}
    for page in loaded:
        of_pin.get(page.__dict__.pop(_PIN, None), []).append(page)
    picked = []
    for pin, pages in of_pin.items():
        sources = [page for page in pages if page.alias_of_id is None]
        nearest = (
            [page for page in sources if page.locale_id == locale_id]
            or [page for page in pages if page.locale_id == locale_id]
            or sources
        )
        picked += [page for page in nearest if getattr(page, page_key()) == pin] or nearest[:1]
    return picked


def _groups(keys: Sequence[Any], using: str) -> QuerySet[Any]:
    """Return what pages have in common with their translations; an alias has that of the page it shows."""
    pages = page_model()._base_manager.using(using).filter(pk__in=keys)
    return pages.annotate(_group=Coalesce("alias_of__translation_key", "translation_key")).values("_group")
