"""``manage.py vector_search "a question"``: prints what a visitor would find."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import translation
from modelsearch.backends import InvalidSearchBackendError, get_search_backend

from ...backends.base import BaseVectorSearchBackend
from ...backends.keyword_query import clean_query
from ...conf import get_index_settings
from ...content import clean_line
from ...exceptions import VectorSearchError
from ...retrieval import page_model, visible_pages
from ..arguments import backend_path, get_locale
from ..terminal import DatabaseCommand

#: Characters of a passage that are printed; ``--json`` prints all of it.
EXCERPT = 200


class Command(DatabaseCommand):
    """Prints the results of one search."""

    help = "Search the public pages of the site, as a visitor would."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("query", help="what a visitor would type")
        parser.add_argument(
            "--backend", default="hybrid", help="hybrid (the default), semantic, keyword, or any alias or dotted path"
        )
        parser.add_argument("--limit", type=int, default=5, help="number of results (5)")
        parser.add_argument("--locale", default="", help="only pages of this locale, such as fr; by default, of all")
        parser.add_argument("--explain", action="store_true", help="say why each page has its rank")
        parser.add_argument("--json", action="store_true", help="print JSON instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Search and print.

        Raises:
            CommandError: an option or the settings are not usable.
        """
        if options["limit"] < 1:
            raise CommandError("--limit must be at least 1.")
        try:
            results, rows = _search(options)
        except (InvalidSearchBackendError, VectorSearchError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            found = {
                "count": results.count(),
                "degraded": getattr(results, "degraded", False),
                "degraded_reason": getattr(results, "degraded_reason", ""),
                "corrected_query": getattr(results, "corrected_query", ""),
                "results": rows,
            }
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
        else:
            self._print_text(results, rows)

    def _print_text(self, results: Any, rows: list[dict[str, Any]]) -> None:
        if getattr(results, "degraded", False):
            self.stderr.write(self.style.WARNING(f"Answered by words alone: {results.degraded_reason}"))
        if corrected := getattr(results, "corrected_query", ""):
            self.stdout.write(f"Searched for: {corrected}")
        if not rows:
            self.stdout.write("Nothing found.")
        for row in rows:
            self._print_row(row)
        if rows and "explanation" in rows[0]:
            for formula in rows[0]["explanation"]["formulas"]:
                self.stdout.write(formula)

    def _print_row(self, row: dict[str, Any]) -> None:
        score = "" if row["score"] is None else f"  {row['score']:.3f}"
        self.stdout.write(
            f"{row['rank']:>3}{score}  {self.style.SUCCESS(row['title'])}  [{' + '.join(row['matched_by'])}]"
        )
        lines = [f"{row['url']}{'#' + row['anchor'] if row['anchor'] else ''}"]
        if row["passage"]:
            heading = f"{row['heading']}: " if row["heading"] else ""
            passage = " ".join(f"{heading}{row['passage']}".split())
            lines.append(passage if len(passage) <= EXCERPT else passage[:EXCERPT].rsplit(" ", 1)[0] + " …")
        if found := row.get("explanation"):
            if found["semantic_rank"]:
                lines.append(f"meaning: rank {found['semantic_rank']}, similarity {found['similarity']:.3f}")
            if found["keyword_rank"]:
                terms = ", ".join(f"{clean_line(term)} {weight:.2f}" for term, weight in found["terms"].items())
                lines.append(f"words:   rank {found['keyword_rank']}, BM25 {found['keyword_score']:.2f} ({terms})")
            lines.append(f"share of meaning: {found['semantic_weight']:g}")
            if found["cutoff"] is not None:
                lines.append(f"evidence: {found['evidence']:.2f}, of {found['cutoff']:g} needed")
        for line in lines:
            self.stdout.write(f"     {line}")


def _search(options: dict[str, Any]) -> tuple[Any, list[dict[str, Any]]]:
    language_code = options["locale"]
    # Public pages only, even where --backend names one that would return drafts and private pages.
    public = visible_pages(page_model()._default_manager.all())
    pages = page_model()._default_manager.filter(pk__in=public.values("pk"))
    if language_code:
        pages = pages.filter(locale=get_locale(language_code))
    with translation.override(language_code or translation.get_language()):
        backend, query = get_search_backend(backend_path(options["backend"])), options["query"]
        # Ours read a query of any size and content; the others are given what they can read.
        if not isinstance(backend, BaseVectorSearchBackend):
            query = clean_query(query, get_index_settings().max_query_length)
        results = backend.search(query, pages)
        shown = results[: options["limit"]]
        rows = [_describe(rank, page) for rank, page in enumerate(shown, 1)]
        if options["explain"]:
            for row, explanation in zip(rows, _explain(shown), strict=False):
                row["explanation"] = explanation
        return results, rows


def _describe(rank: int, page: Any) -> dict[str, Any]:
    passage = getattr(page, "search_passage", None)
    return {
        "rank": rank,
        "score": getattr(page, "search_score", None),
        "matched_by": list(getattr(page, "search_matched_by", ())),
        "id": page.pk,
        "title": clean_line(page.title),  # escape sequences in it would command the terminal
        "url": page.full_url or "",
        "heading": passage.heading if passage else "",
        "anchor": passage.anchor if passage else "",
        "passage": passage.text if passage else "",
    }


def _explain(results: Any) -> list[dict[str, Any]]:
    if not hasattr(results, "explain"):
        raise CommandError("--explain needs a backend of wagtail_vector_search: hybrid, semantic or keyword.")
    return [
        {
            "semantic_rank": found.semantic_rank,
            "similarity": found.similarity,
            "keyword_rank": found.keyword_rank,
            "keyword_score": found.keyword_score,
            "terms": {matched.term: matched.weight for matched in found.terms},
            "evidence": found.evidence,
            "cutoff": found.cutoff,
            "semantic_weight": found.semantic_weight,
            "formulas": list(found.formulas),
        }
        for found in results.explain()
    ]
