"""The report on the search index."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views.reports import ReportView

from ...models import Entry
from ..attention import Notice, find_notices
from ..permissions import REINDEX
from .filters import Sections, StateFilterSet
from .rows import RowReader, columns_of
from .totals import BY_ATTENTION, ChosenIndex, Totals, TotalsBar, choose_index, count_entries, entries_visible_to

_TEMPLATES = "wagtail_vector_search/admin/report"

#: Sort key of a column -> what the rows are sorted by.
_ORDERS = {
    "title": "page__title",
    "state": BY_ATTENTION,
    "type": "page__content_type__model",
    # In the order of the tree, the pages of a section are together.
    "section": "page__path",
    "locale": "page__locale__language_code",
    "passages": "chunk_count",
    "indexed_at": "indexed_at",
}


class PagePaginator(WagtailPaginator):
    """Names what it counts."""

    verbose_name = _("page")
    verbose_name_plural = _("pages")


class SearchIndexReportView(ReportView):
    """Every page of the index with its state. A constant number of statements, whatever the number of rows."""

    page_title = _("Search index")
    header_icon = "search"
    template_name = f"{_TEMPLATES}/index.html"
    results_template_name = f"{_TEMPLATES}/results.html"
    index_url_name = "wagtail_vector_search:report"
    index_results_url_name = "wagtail_vector_search:report_results"
    paginator_class = PagePaginator
    filterset_class = StateFilterSet
    is_searchable = True
    search_fields = ("page__title", "page__draft_title")
    default_ordering = "state"
    verbose_name = _("page")
    verbose_name_plural = _("pages")
    export_filename = "search-index"
    list_export = ("title", "state_label", "explanation", "type", "section", "locale", "passages", "indexed_at")
    export_headings = {
        "title": _("Title"),
        "state_label": _("State"),
        "explanation": _("What this means"),
        "type": _("Type"),
        "section": _("Section"),
        "locale": _("Language"),
        "passages": _("Passages"),
        "indexed_at": _("Last indexed"),
    }

    @cached_property
    def chosen(self) -> ChosenIndex:
        """The index and the generation that the report is about."""
        return choose_index(self.request.GET.get("index"))

    @cached_property
    def visible(self) -> QuerySet[Entry]:
        """The entries of all pages that the user may see."""
        return entries_visible_to(self.request.user, self.chosen.generation)

    @cached_property
    def totals(self) -> Totals:
        """Numbers of pages by state."""
        return count_entries(self.visible)

    @cached_property
    def sections(self) -> Sections:
        """The sections that the user may see."""
        return Sections(self.request.user)

    @cached_property
    def may_reindex(self) -> bool:
        """Whether the user may index pages again."""
        return bool(self.request.user.has_perm(REINDEX))

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """The columns of the table."""
        return columns_of(has_locales=len(self.totals.locales) > 1, may_reindex=self.may_reindex)

    @property
    def current_url(self) -> str:
        """The address of the report as it is shown, to come back to; also when only a part of it was fetched."""
        query = self.request.GET.copy()
        query.pop("_w_filter_fragment", None)
        return f"{self.index_url}?{query.urlencode()}" if query else str(self.index_url)

    @property
    def url_of_all(self) -> str:
        """The address of the report on this index, without filters."""
        is_first = self.chosen.index_name not in self.chosen.index_names[1:]
        return str(self.index_url) if is_first else f"{self.index_url}?{urlencode({'index': self.chosen.index_name})}"

    @property
    def notices(self) -> list[Notice]:
        """The notices about search as a whole; the totals show which pages failed."""
        return [
            notice for notice in find_notices(self.request.user, self.chosen.index_name) if not notice.is_about_pages
        ]

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """Add what the filters offer."""
        return super().get_filterset_kwargs() | {
            "totals": self.totals,
            "sections": self.sections,
            "index_names": self.chosen.index_names,
            "vector_table": self.chosen.vector_table,
        }

    def get_base_queryset(self) -> QuerySet[Entry]:
        """Return the entries of all pages that the user may see."""
        return self.visible

    def order_queryset(self, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        """Sort by the chosen column, then by title."""
        expression = _ORDERS[self.ordering.lstrip("-")]
        order: Any = F(expression) if isinstance(expression, str) else expression
        order = order.desc(nulls_last=True) if self.ordering.startswith("-") else order.asc(nulls_last=True)
        return queryset.order_by(order, "page__title", "pk")

    def get_filtered_queryset(self) -> QuerySet[Entry]:
        """Return the entries that are shown."""
        return self.get_queryset()

    def paginate_queryset(self, queryset: QuerySet[Entry], page_size: int) -> Any:
        """Return one page of rows."""
        paginator, page, entries, has_others = super().paginate_queryset(queryset, page_size)
        return paginator, page, RowReader(self.totals, self.sections).read(entries, self.request.user), has_others

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Return the report, or all its rows as a spreadsheet."""
        if self.is_export:
            rows = RowReader(self.totals, self.sections).read_for_export(self.get_queryset())
            return self.as_spreadsheet(rows, request.GET["export"])
        return super().get(request, *args, **kwargs)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the totals and the notices."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        context |= {
            "chosen": self.chosen,
            "bar": TotalsBar(self.totals, self.url_of_all, self.request.GET),
            "notices": self.notices,
            "may_reindex": self.may_reindex,
        }
        return context
