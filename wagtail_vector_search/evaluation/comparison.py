"""Asks search backends every judged query and compares what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from modelsearch.backends import get_search_backend
from wagtail.models import Locale

from ..backends.base import is_ours
from ..backends.keyword_backend import FALLBACK, get_configured_backends
from ..conf import DEFAULT_INDEX
from ..exceptions import EvaluationError
from ..health import without_budget
from ..retrieval import page_model, visible_pages
from .judgments import JudgedQuery, Judgments
from .scores import DEPTH, BackendScores, QueryScores, score
from .significance import Difference, paired_difference

#: Called with the number of searches that have ended since the last call.
Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of search backends on judged queries."""

    judgments: Judgments
    #: Number of results that a visitor is assumed to look at.
    k: int
    #: What each backend reached, in the order in which they were named.
    backends: tuple[BackendScores, ...]

    @property
    def best(self) -> BackendScores:
        """The backend with the highest mean nDCG; of equals the first."""
        return max(self.backends, key=lambda scores: scores.ndcg)

    def behind_best(self, scores: BackendScores) -> Difference:
        """Return by how much the best has the higher nDCG, with its 95 % interval over the queries."""
        return paired_difference(_ndcg_of(self.best), _ndcg_of(scores))

    def worst(self, number: int) -> list[int]:
        """Return the positions of the queries that the best backend answers worst, those with full marks left out."""
        scores = _ndcg_of(self.best)
        return sorted((at for at, ndcg in enumerate(scores) if ndcg < 1), key=scores.__getitem__)[:number]

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON takes it; ``queries`` of each backend in the order of ``queries``."""
        return {
            "k": self.k,
            "gain": "2^grade - 1",
            "queries": [
                {"query": query.text, "locale": query.language_code, "judged": len(query.grades)}
                for query in self.judgments.queries
            ],
            "left_out": [asdict(judgment) for judgment in self.judgments.left_out],
            "best": self.best.backend,
            "backends": {
                scores.backend: {**scores.as_dict(), "behind_best": self.behind_best(scores)._asdict()}
                for scores in self.backends
            },
        }


def choose_backends(index_name: str = "") -> list[str]:
    """Return the search backends that are compared by default: those of ``WAGTAILSEARCH_BACKENDS``.

    Args:
        index_name: of the backends of this package, only those that search this index.
    """
    configured = get_configured_backends()
    chosen = [
        name
        for name, entry in configured.items()
        if not index_name or not is_ours(entry["BACKEND"]) or entry.get("INDEX", DEFAULT_INDEX) == index_name
    ]
    if all(is_ours(entry["BACKEND"]) for entry in configured.values()):
        chosen.append(FALLBACK)  # ours keep its index
    return chosen


def evaluate(
    judgments: Judgments,
    backends: Sequence[str] | None = None,
    *,
    k: int = 10,
    progress: Progress | None = None,
    among: Any = None,
    within_budget: bool = False,
) -> Evaluation:
    """Ask search backends every judged query, as a visitor would, and score what they find.

    Each query is asked of the public pages, of its locale where it has one: ``pages.search(query, backend=...)``. The
    first searches may call the embedding provider, once a query; ``QUERY_CALLS_PER_MINUTE`` limits these calls only
    with ``within_budget``.

    Args:
        judgments: from ``read_judgments``.
        backends: aliases or dotted paths of search backends; by default ``choose_backends()``.
        k: number of results that a visitor is assumed to look at.
        progress: called with 1 after every search.
        among: search only these pages, a queryset; by default all.
        within_budget: whether ``QUERY_CALLS_PER_MINUTE`` counts, as it does for visitors.

    Raises:
        EvaluationError: there is no judged query, or no backend.
        InvalidSearchBackendError: there is no such backend.
    """
    names = list(dict.fromkeys(choose_backends() if backends is None else backends))
    if not names or not judgments.queries:
        missing = "query has a public page with a grade above 0" if names else "search backend is named"
        raise EvaluationError(f"There is nothing to compare: no {missing}.")
    for name in names:
        get_search_backend(name)  # raises before any search is made
    scores = []
    with nullcontext() if within_budget else without_budget():
        for name in names:
            by_query = []
            for query in judgments.queries:
                by_query.append(_ask(name, query, k, among))
                if progress:
                    progress(1)
            scores.append(BackendScores(name, tuple(by_query)))
    return Evaluation(judgments, k, tuple(scores))


@contextmanager
def pages_for(query: JudgedQuery, among: Any = None) -> Iterator[Any]:
    """Yield the public pages in the query's locale, with its language active.

    Args:
        query: of the judgments.
        among: only these pages, a queryset; by default all.
    """
    # Every search backend can read this form: Wagtail's refuse the clauses of ``visible_pages``.
    public = visible_pages(page_model()._default_manager.all() if among is None else among)
    pages = page_model()._default_manager.filter(pk__in=public.values("pk"))
    if query.language_code:
        pages = pages.filter(locale=Locale.objects.get(language_code=query.language_code))
    with translation.override(query.language_code or settings.LANGUAGE_CODE):
        yield pages


def _ask(backend: str, query: JudgedQuery, k: int, among: Any) -> QueryScores:
    with pages_for(query, among) as pages:
        try:
            results = pages.search(query.text, backend=backend)
            ranking = [page.pk for page in results[: max(DEPTH, k)]]
        except RecursionError:  # Wagtail's database search nests an expression for each word
            return score([], query.grades, k, 0, failed=True)
        degraded = bool(getattr(results, "degraded", False))
        return score(ranking, query.grades, k, results.count(), degraded=degraded)


def _ndcg_of(scores: BackendScores) -> list[float]:
    return [query.ndcg for query in scores.queries]
