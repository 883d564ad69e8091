"""The search page."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page as ResultPage
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wagtail_vector_search.retrieval import normalise_query

from .models import SectionPage
from .searching import (
    HYBRID,
    MAX_QUERY_LENGTH,
    MODES,
    SIDE_BY_SIDE,
    Mode,
    example_questions,
    find_correction,
    label_results,
    search_pages,
    sections,
)

RESULTS_PER_PAGE = 10
RESULTS_SIDE_BY_SIDE = 6


def search(request: HttpRequest) -> HttpResponse:
    """Show the question box and, once something was asked, what was found."""
    query = normalise_query(request.GET.get("q", ""), MAX_QUERY_LENGTH)
    all_sections = sections()
    chosen = next((section for section in all_sections if str(section.pk) == request.GET.get("section")), None)
    context: dict[str, Any] = {
        "query": query,
        "modes": MODES,
        "side_by_side": request.GET.get("mode") == SIDE_BY_SIDE,
        "mode": next((mode for mode in MODES if mode.name == request.GET.get("mode")), HYBRID),
        "sections": all_sections,
        "section": chosen,
        "examples": example_questions(),
    }
    as_typed = "as_typed" in request.GET
    if query and context["side_by_side"]:
        context["columns"] = [_column(query, mode, chosen, all_sections, as_typed) for mode in reversed(MODES)]
    elif query:
        context |= _results(query, context["mode"], chosen, all_sections, as_typed, request.GET.get("page"))
    return render(request, "library/search.html", context)


def _column(
    query: str, mode: Mode, section: SectionPage | None, known: list[SectionPage], as_typed: bool
) -> dict[str, Any]:
    found = search_pages(query, mode, section, as_typed=as_typed)
    pages = label_results(found[:RESULTS_SIDE_BY_SIDE], known, mode)
    return {
        "mode": mode,
        "results": pages,
        "count": found.count(),
        "terms": _terms_to_mark(found, query),
        "correction": find_correction(query, found),
    }


def _results(
    query: str, mode: Mode, section: SectionPage | None, known: list[SectionPage], as_typed: bool, number: str | None
) -> dict[str, Any]:
    found = search_pages(query, mode, section, as_typed=as_typed)
    paginator = Paginator(found, RESULTS_PER_PAGE)
    result_page: ResultPage[Any] = paginator.get_page(number)
    results = label_results(result_page.object_list, known, mode)
    return {
        "result_page": result_page,
        "results": results,
        "terms": _terms_to_mark(found, query),
        "degraded": getattr(found, "degraded", False),
        "correction": find_correction(query, found),
    }


def _terms_to_mark(found: Any, query: str) -> Any:
    """Return the terms of the query where the search knows them, which is better than the query as typed."""
    return getattr(found, "terms", None) or query
