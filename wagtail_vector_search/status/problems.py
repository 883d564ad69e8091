"""The problems of an index, each with the command to type."""

from __future__ import annotations

from collections.abc import Iterator

from ..models import Entry, Generation
from .generations import UPDATE, BuildState, GenerationStatus, IndexStatus

#: Seconds that a page may wait to be indexed. Cron jobs that run ``process_vector_queue`` come every few minutes.
LATE_SECONDS = 15 * 60

#: Seconds of the units in which a delay is shown, once it has two of them.
UNITS = ((86_400, "days"), (3_600, "hours"), (60, "minutes"))


def find_problems(index: IndexStatus) -> list[str]:
    """Return the problems of an index that need action."""
    by_state = {generation.state: generation for generation in reversed(index.generations)}
    serving, building = by_state.get(Generation.State.ACTIVE), by_state.get(Generation.State.BUILDING)
    build = building.build if building else None
    if serving:
        problems = list(_of_serving(index.index_name, serving))
    elif build:
        progress = f"{build.done:,} of {build.total:,} pages are done"
        problems = [f'The index "{index.index_name}" is being built for the first time: {progress}.']
    else:
        problems = [f'The index "{index.index_name}" has not been built. Run: {UPDATE}']
    if building and build and build.state != BuildState.RUNNING:
        problems.append(
            f'The index "{index.index_name}" has a generation that is not finished ({building.model}, {build.done:,} '
            f"of {build.total:,} pages, {build.percentage} %). {build.advice}"
        )
    if serving and not serving.matches_settings and not (building and building.matches_settings):
        problems.append(
            f'The index "{index.index_name}" was built with {serving.model} and other settings than the present ones. '
            f"Run: {UPDATE}"
        )
    return problems


def _of_serving(index_name: str, serving: GenerationStatus) -> Iterator[str]:
    if serving.hnsw is None or not serving.hnsw.valid:
        yield f'The index "{index_name}" has no usable HNSW index. Run: {UPDATE}'
    if failed := serving.pages[Entry.State.FAILED]:
        yield f'{failed} page(s) of the index "{index_name}" failed; the errors are listed above.'
    if serving.behind > LATE_SECONDS:
        length, unit = next((length, unit) for length, unit in UNITS if serving.behind >= 2 * length)
        yield (
            f'The index "{index_name}" is behind by {serving.behind // length} {unit}: '
            f"{serving.pages[Entry.State.PENDING]:,} page(s) wait to be indexed. "
            "Start a worker, or run: python manage.py process_vector_queue"
        )
    if serving.integrity:
        yield from serving.integrity.problems(index_name)
