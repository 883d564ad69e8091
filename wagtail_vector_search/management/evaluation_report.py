"""An evaluation as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..evaluation import BackendScores, Evaluation, JudgedQuery, Judgments, Tuning

#: Characters of a query that are printed.
QUERY_WIDTH = 60


def describe_judgments(judgments: Judgments) -> str:
    """Return the number of judgments in a line."""
    return (
        f"{judgments.count:,} judgments of {len(judgments.queries):,} queries count, "
        f"{len(judgments.left_out):,} do not."
    )


def compare(evaluation: Evaluation) -> Iterator[str]:
    """Yield the lines of a table with a row for each backend."""
    k = evaluation.k
    queries = len(evaluation.judgments.queries)
    yield f"nDCG with the gain 2^grade - 1. In brackets: 95 % interval over {queries} queries."
    yield ""
    head = ("", f"nDCG@{k}", f"recall@{k}", "recall@100", f"MRR@{k}", "results", "no answer", "behind the best")
    yield from _table(head, [_row(evaluation, scores) for scores in evaluation.backends])
    for scores in evaluation.backends:
        if scores.degraded:
            yield f"{scores.backend}: {scores.degraded} searches went on with words alone."
        if scores.failed:
            yield f"{scores.backend}: {scores.failed} searches failed, as the query has too many words for it."


def list_worst(evaluation: Evaluation, number: int) -> Iterator[str]:
    """Yield the lines of a table with the queries that the best backend answers worst."""
    worst = evaluation.worst(number)
    if not worst:
        return
    yield f"Queries that {evaluation.best.backend} answers worst, by nDCG@{evaluation.k}"
    yield ""
    rows = [
        [
            _name(evaluation.judgments.queries[at]),
            *(f"{scores.queries[at].ndcg:.3f}" for scores in evaluation.backends),
        ]
        for at in worst
    ]
    yield from _table(["", *(scores.backend for scores in evaluation.backends)], rows)


def advise(tuning: Tuning, index_name: str, k: int) -> Iterator[str]:
    """Yield the lines that say which weight is best, how much it gains, and what to do."""
    yield f'SEMANTIC_WEIGHT of the index "{index_name}", 0 for words alone, 1 for meaning alone'
    yield ""
    rows = [
        [f"{weight:.2f}", f"{score:.4f}{' best' if weight == tuning.best else '     '}"]
        for weight, score in zip(tuning.weights, tuning.scores, strict=True)
    ]
    yield from _table(["weight", f"nDCG@{k}     "], rows)
    gain = tuning.gain
    yield ""
    yield f"As it is set now: {tuning.present:.4f}"
    yield (
        f"Chosen on some queries and measured on others: {tuning.cross_validated:.4f}, "
        f"{gain.mean:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}] (99 % interval)"
    )
    if tuning.too_few:
        yield f"These are only {tuning.queries} queries. Judge some fifty before you trust the result."
    if not tuning.is_gain:
        yield "No weight is better than the present one by more than chance. There is nothing to change."
        return
    yield f'Another weight is better by more than chance. Put this line into WAGTAIL_VECTOR_SEARCH["{index_name}"]:'
    yield ""
    yield f'    "SEMANTIC_WEIGHT": {tuning.best:g},'


def _row(evaluation: Evaluation, scores: BackendScores) -> list[str]:
    means = (scores.ndcg, scores.recall, scores.deep_recall, scores.reciprocal_rank)
    behind = ""
    if scores is not evaluation.best:
        mean, low, high = evaluation.behind_best(scores)
        behind = f"{mean:.4f} [{low:+.4f}, {high:+.4f}]"
    others = (f"{scores.results:.1f}", str(scores.without_answer), behind)
    return [scores.backend, *(f"{mean:.4f}" for mean in means), *others]


def _name(query: JudgedQuery) -> str:
    text = query.text if len(query.text) <= QUERY_WIDTH else f"{query.text[:QUERY_WIDTH]}…"
    return f"{text} ({query.language_code})" if query.language_code else text


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield lines with the first column aligned to the left and all others to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for first, *others in (head, *rows):
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()
