"""The columns of the report."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, NumberColumn, TitleColumn

_TEMPLATES = "wagtail_vector_search/admin/report"


class CheckboxColumn(BaseColumn):
    """Selects pages for what is done with all of them."""

    header_template_name = f"{_TEMPLATES}/checkbox_header.html"
    cell_template_name = f"{_TEMPLATES}/checkbox_cell.html"


class StateColumn(Column):
    """The state, what it means, and, folded, what a developer wants to know."""

    cell_template_name = f"{_TEMPLATES}/state_cell.html"


class ActionColumn(Column):
    """Has one page indexed again."""

    header_template_name = f"{_TEMPLATES}/action_header.html"
    cell_template_name = f"{_TEMPLATES}/action_cell.html"


def title_id(row: Any) -> str:
    """Return the id of the element that holds a page's title; other elements of the row are named by it."""
    return f"page_{row.pk}_title"


def columns_of(*, has_locales: bool, may_reindex: bool) -> list[BaseColumn]:
    """Return the columns, without those that say nothing here.

    Args:
        has_locales: whether there are pages in several.
        may_reindex: whether the user may have pages indexed again.
    """
    columns: list[BaseColumn] = [
        TitleColumn(
            "title", label=_("Title"), sort_key="title", get_url=lambda row: row.edit_url, get_title_id=title_id
        ),
        StateColumn("state_label", label=_("State"), sort_key="state"),
        Column("type", label=_("Type"), sort_key="type"),
        Column("section", label=_("Section"), sort_key="section"),
        NumberColumn("passages", label=_("Passages"), sort_key="passages", classname="vs-report__number"),
        DateColumn("indexed_at", label=_("Indexed"), sort_key="indexed_at"),
    ]
    if has_locales:
        columns.insert(4, Column("locale", label=_("Locale"), sort_key="locale"))
    return [CheckboxColumn("select"), *columns, ActionColumn("again")] if may_reindex else columns
