"""The page of the lab, and its parts that are fetched later: the column in the middle, the file, the chart."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST
from django.views.generic.base import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from ...conf import get_index_settings
from ...exceptions import EvaluationError
from ...ranking.formulas import semantic_weight
from ...retrieval import Legs
from ..explaining import replaced_words
from .columns import Columns
from .forms import LabForm
from .judgments import GRADES, MAX_JUDGMENTS, MAX_QUERIES, compute_figures, read_judgments, write_csv
from .searching import rank, rank_in_three_ways

_TEMPLATES = "wagtail_vector_search/admin/lab"


class LabView(WagtailAdminTemplateMixin, TemplateView):
    """One query in three ways, side by side."""

    template_name = f"{_TEMPLATES}/index.html"
    page_title = _("Search lab")
    header_icon = "glasses"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return home, and this page."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Search, if there is something to search for."""
        form = LabForm(self.request)
        context = super().get_context_data(form=form, grades=_grades(), max_judgments=MAX_JUDGMENTS, **kwargs)
        if form.is_valid() and form.has_query:
            query = form.get_query()
            rankings = rank_in_three_ways(query)
            words, both, meaning = Columns(self.request, query).of_all(rankings)
            ranking, settings = rankings.both.ranking, get_index_settings(query.index_name)
            # Of the model that serves, not of the one that is being built.
            model = ranking.details.generation.model if ranking.details else settings.model
            is_blind = bool(ranking.details and ranking.details.generation.is_blind)
            site_weight = semantic_weight(settings.semantic_weight, model, is_blind=is_blind)
            context |= {
                "query": query,
                "columns": [words, both, meaning],
                "ranking": ranking,
                "replaced": replaced_words(ranking),
                "both": both,
                "weight": site_weight if query.weight is None else query.weight,
                "site_weight": site_weight,
            }
        return context


@require_GET
def both_view(request: HttpRequest) -> HttpResponse:
    """Return the column in the middle alone, for another weight."""
    form = LabForm(request)
    if not form.is_valid() or not form.has_query:
        return HttpResponse(status=400)
    query = form.get_query()
    column = Columns(request, query).of_both(rank(query, Legs.HYBRID))
    context = {"column": column, "query": query, "form": form, "grades": _grades()}
    return render(request, f"{_TEMPLATES}/column.html", context)


@require_POST
def judgments_view(request: HttpRequest) -> HttpResponse:
    """Return the judgments as the file that ``manage.py evaluate_search`` reads."""
    try:
        judgments = read_judgments(request.POST.get("judgments", ""))
    except ValidationError as error:
        return HttpResponse("\n".join(error.messages), status=400, content_type="text/plain; charset=utf-8")
    response = HttpResponse(write_csv(judgments), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="judgments.csv"'
    return response


@require_POST
def figures_view(request: HttpRequest) -> HttpResponse:
    """Return the chart of how well each search backend does on the judgments."""
    context: dict[str, Any] = {"max_queries": MAX_QUERIES}
    try:
        context["figures"] = compute_figures(read_judgments(request.POST.get("judgments", "")), request.user)
    except ValidationError as error:
        context["error"] = " ".join(error.messages)
    except EvaluationError:
        context["error"] = _("No query has a result rated good or fair yet.")
    return render(request, f"{_TEMPLATES}/figures.html", context)


def _grades() -> list[tuple[str, Any]]:
    return list(zip(GRADES, (_("Good"), _("Fair"), _("Bad")), strict=True))
