"""What the panel shows of each page: only what the editor may see in the explorer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from ...retrieval import page_model, visible_to
from ..permissions import explorable_pages


@dataclass(frozen=True, slots=True)
class Row:
    """One page of the panel."""

    #: Primary key of the page.
    page_id: int
    #: As the explorer shows it; empty for a page that the editor may not see.
    title: str = ""
    #: Name of its type.
    page_type: str = ""
    #: Title of the page above it, if the editor may see that.
    section: str = ""
    #: What visitors see in its place, or why they see nothing.
    note: str = ""
    #: Whether visitors see it, as far as the editor may know.
    is_shown: bool = True
    #: The page; ``None`` when the editor may not see it.
    page: Any = None


@dataclass(frozen=True, slots=True)
class ChosenRows:
    """The pages that were pinned or hidden."""

    #: Those that exist, in their order.
    rows: list[Row]
    #: Primary keys of those that do not.
    deleted: list[int]


def describe_pages(pages: Sequence[Any], user: Any) -> list[Row]:
    """Return the rows of pages that the user may see in the explorer. One SQL statement.

    Args:
        pages: all of them explorable.
        user: who edits.
    """
    above = _titles_above(pages, user)
    return [
        Row(page.pk, page.get_admin_display_title(), page.page_type_display_name, above.get(page.path, ""), page=page)
        for page in pages
    ]


def describe_chosen(keys: Sequence[int], locale_id: Any, request: Any) -> ChosenRows:
    """Return the rows of pages that were chosen. At most four SQL statements, however many there are.

    Args:
        keys: Primary keys of the pages, which may have been deleted.
        locale_id: Of the page that is edited.
        request: of the editor.
    """
    found = _find(keys, request) if keys else {}
    shown = [found[key] for key in keys if key in found and found[key].may_see]
    notes = _notes(shown, locale_id, request)
    named = {row.page_id: row for row in describe_pages(shown, request.user)}
    rows = [_with_note(named.get(key), key, notes) for key in keys if key in found]
    return ChosenRows(rows, [key for key in keys if key not in found])


def _with_note(row: Row | None, key: int, notes: Mapping[int, Note]) -> Row:
    if row is None:
        return Row(key)
    note = notes.get(key, Note(""))
    return replace(row, note=note.text, is_shown=note.is_shown)


def _find(keys: Sequence[int], request: Any) -> dict[int, Any]:
    model = page_model()
    may_see = Exists(explorable_pages(request.user).filter(pk=OuterRef("pk")))
    is_open = Exists(visible_to(request, model.objects.all()).filter(pk=OuterRef("pk")))
    pages = model.objects.filter(pk__in=keys).select_related("locale")
    return {page.pk: page for page in pages.annotate(may_see=may_see, is_open=is_open)}


def _titles_above(pages: Iterable[Any], user: Any) -> dict[str, str]:
    """Return the title of the page above by the path of each page."""
    step = page_model().steplen
    above = {page.path: page.path[:-step] for page in pages}
    if not above:
        return {}
    parents = explorable_pages(user).filter(path__in=set(above.values()), depth__gt=1)
    titles = {parent.path: parent.get_admin_display_title() for parent in parents}
    return {path: titles.get(parent, "") for path, parent in above.items()}


class Note(NamedTuple):
    """What an editor should know of a page that was chosen."""

    text: str
    is_shown: bool = True


def _notes(pages: Sequence[Any], locale_id: Any, request: Any) -> dict[int, Note]:
    translated = _translations(pages, locale_id, request)
    notes: dict[int, Note] = {}
    for page in pages:
        if translation := translated.get(page.translation_key):
            notes[page.pk] = Note(_("Shown as its translation “%(title)s”") % {"title": translation})
        elif not page.live:
            notes[page.pk] = Note(_("Not published: visitors do not see it"), is_shown=False)
        elif not page.is_open:
            notes[page.pk] = Note(_("Private: visitors do not see it"), is_shown=False)
    return notes


def _translations(pages: Sequence[Any], locale_id: Any, request: Any) -> dict[Any, str]:
    foreign = [page.translation_key for page in pages if locale_id and page.locale_id != locale_id]
    if not foreign:
        return {}
    found: QuerySet[Any] = explorable_pages(request.user).filter(
        Q(live=True, alias_of__isnull=True), translation_key__in=foreign, locale=locale_id
    )
    return {page.translation_key: page.get_admin_display_title() for page in found}
