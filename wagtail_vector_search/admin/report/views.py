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
from ..home.attention import Notice, find_notices
from ..permissions import REINDEX
from .bar import Bar
from .columns import columns_of
from .filters import StateFilterSet
from .generations import Chosen, choose
from .rows import RowReader
from .sections import Sections
from .states import BY_ATTENTION, Totals, count_states, states_visible_to

_TEMPLATES = "wagtail_vector_search/admin/report"

#: Sort key of a column -> what the rows are sorted by.
_ORDERS = {
    "title": "page__title",
    "state": BY_ATTENTION,
    "type": "page__content_type__model",
    # In the order of the tree, the pages of a section stand together.
    "section": "page__path",
    "locale": "page__locale__language_code",
    "passages": "chunk_count",
    "indexed_at": "indexed_at",
}


class PagePaginator(WagtailPaginator):
    """Counts pages, by their name."""

    verbose_name = _("page")
    verbose_name_plural = _("pages")


class SearchIndexReportView(ReportView):
    """Every page of the index with how it stands. A constant number of statements, whatever the number of rows."""

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
        "locale": _("Locale"),
        "passages": _("Passages"),
        "indexed_at": _("Indexed"),
    }

    @cached_property
    def chosen(self) -> Chosen:
        """The index, and its generation, that the report is about."""
        return choose(self.request.GET.get("index"))

    @cached_property
    def visible(self) -> QuerySet[Entry]:
        """The states of all pages that the user may see."""
        return states_visible_to(self.request.user, self.chosen.generation)

    @cached_property
    def totals(self) -> Totals:
        """How many pages stand how."""
        return count_states(self.visible)

    @cached_property
    def sections(self) -> Sections:
        """The sections that the user may see."""
        return Sections(self.request.user)

    @cached_property
    def may_reindex(self) -> bool:
        """Whether the user may have pages indexed again."""
        return bool(self.request.user.has_perm(REINDEX))

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """The columns of the table."""
        return columns_of(has_locales=len(self.totals.locales) > 1, may_reindex=self.may_reindex)

    @property
    def current_url(self) -> str:
        """The address of what is shown, to come back to; also where only a part of it has been fetched."""
        query = self.request.GET.copy()
        query.pop("_w_filter_fragment", None)
        return f"{self.index_url}?{query.urlencode()}" if query else str(self.index_url)

    @property
    def url_of_all(self) -> str:
        """The address of the report on this index, narrowed down to nothing."""
        is_first = self.chosen.index_name not in self.chosen.index_names[1:]
        return str(self.index_url) if is_first else f"{self.index_url}?{urlencode({'index': self.chosen.index_name})}"

    @property
    def notices(self) -> list[Notice]:
        """What is wrong with search altogether. That pages have failed is said by the totals."""
        return [
            notice for notice in find_notices(self.request.user, self.chosen.index_name) if not notice.is_about_pages
        ]

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """Return what the filters are made of."""
        return super().get_filterset_kwargs() | {
            "totals": self.totals,
            "sections": self.sections,
            "index_names": self.chosen.index_names,
        }

    def get_base_queryset(self) -> QuerySet[Entry]:
        """Return the states of all pages that the user may see."""
        return self.visible

    def order_queryset(self, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        """Sort as asked for; what is equal, by title."""
        expression = _ORDERS[self.ordering.lstrip("-")]
        order: Any = F(expression) if isinstance(expression, str) else expression
        order = order.desc(nulls_last=True) if self.ordering.startswith("-") else order.asc(nulls_last=True)
        return queryset.order_by(order, "page__title", "pk")

    def get_filtered_queryset(self) -> QuerySet[Entry]:
        """Return the states that are shown, page by page."""
        return self.get_queryset()

    def paginate_queryset(self, queryset: QuerySet[Entry], page_size: int) -> Any:
        """Return one page of rows."""
        paginator, page, states, has_others = super().paginate_queryset(queryset, page_size)
        return paginator, page, RowReader(self.totals, self.sections).read(states, self.request.user), has_others

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the report, or send it as a spreadsheet."""
        if self.is_export:
            rows = RowReader(self.totals, self.sections).read_for_export(self.get_queryset())
            return self.as_spreadsheet(rows, request.GET["export"])
        return super().get(request, *args, **kwargs)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the totals, and what is wrong altogether."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        context |= {
            "chosen": self.chosen,
            "bar": Bar(self.totals, self.url_of_all, self.request.GET),
            "notices": self.notices,
            "may_reindex": self.may_reindex,
        }
        return context
