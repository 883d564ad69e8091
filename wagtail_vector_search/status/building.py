"""How far a generation is that is being built, whether it will take over, and what to type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models

from ..indexing.update import MAX_FAILED_SHARE, has_too_many_failures
from ..models import Entry

UPDATE = "python manage.py update_vector_index"


class BuildState(models.TextChoices):
    """What becomes of a generation that is being built."""

    #: Somebody works on it, and it takes over by itself.
    RUNNING = "running"
    #: Every page is done, and nobody has let it take over: the run that should have done so was killed.
    COMPLETE = "complete"
    #: Nobody works on it.
    STOPPED = "stopped"
    #: Too many of its pages failed.
    FAILING = "failing"
    #: The settings say something else by now.
    UNWANTED = "unwanted"


ADVICE = {
    BuildState.RUNNING: "A process is working on it; it takes over by itself once every page is done.",
    BuildState.COMPLETE: f"It is complete and does not serve yet. Run: {UPDATE}",
    BuildState.STOPPED: f"No process is working on it. To go on, run: {UPDATE} (to give it up, with --abandon)",
    BuildState.FAILING: (
        f"More than {MAX_FAILED_SHARE:.0%} of its pages failed, so it does not take over. Correct what fails, then "
        f"run: {UPDATE} (to let it serve without them, with --activate-partial; to give it up, with --abandon)"
    ),
    BuildState.UNWANTED: (
        f"The settings have changed since it was begun. To build what they say now, run: {UPDATE} "
        "(to give it up, with --abandon)"
    ),
}


@dataclass(frozen=True)
class BuildStatus:
    """How far a generation is that is being built."""

    state: str
    #: Pages of the site.
    total: int
    #: Of these, indexed or left out on purpose.
    done: int
    failed: int
    #: Share of ``total`` that is done, rounded down.
    percentage: int
    #: What happens next, or what to type.
    advice: str


def describe_build(pages: Mapping[str, int], total: int, *, wanted: bool, worked_on: bool) -> BuildStatus:
    """Return how far a generation is.

    Args:
        pages: number of its pages by state.
        total: pages of the site.
        wanted: whether it fits the settings.
        worked_on: whether somebody has done something about it just now.
    """
    indexed, failed = pages[Entry.State.INDEXED], pages[Entry.State.FAILED]
    done = indexed + pages[Entry.State.SKIPPED]
    state = _state(done, failed, total, indexed=indexed, wanted=wanted, worked_on=worked_on)
    percentage = min(100 * done // total, 100) if total else 100
    return BuildStatus(state.value, total, done, failed, percentage, str(ADVICE[state]))


def _state(done: int, failed: int, total: int, *, indexed: int, wanted: bool, worked_on: bool) -> BuildState:
    if not wanted:
        return BuildState.UNWANTED
    if worked_on:
        return BuildState.RUNNING
    if done + failed < total:
        return BuildState.STOPPED
    return BuildState.FAILING if has_too_many_failures(indexed, failed) else BuildState.COMPLETE
