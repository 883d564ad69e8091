"""What came of running a package beside this one: as a line to print, and in the tables of the documentation."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from pathlib import Path

from .cases import Case

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "compatibility.md"


@dataclass(frozen=True)
class Outcome:
    """A case whose checks all passed."""

    case: Case
    version: str
    #: Versions of the packages that it ran with.
    beside: dict[str, str]
    #: Versions of PostgreSQL and pgvector.
    servers: dict[str, str]
    #: What was checked, as sentences.
    checked: list[str]
    date: datetime.date

    @property
    def surroundings(self) -> str:
        """The versions of everything that it ran with."""
        return ", ".join(f"{name} {version}" for name, version in {**self.beside, **self.servers}.items())

    def line(self) -> str:
        """Return all of it in one line."""
        return (
            f"{self.case.package} {self.version} | {self.surroundings} | {self.case.does} | "
            f"in your settings: {self.case.settings} | {len(self.checked)} checks: {'; '.join(self.checked)}"
        )

    def row(self) -> str:
        """Return a row of the table."""
        cells = (f"{self._key} {self.version}", self.surroundings, str(self.date), self.case.does, self.case.settings)
        return f"| {' | '.join(cells)} |"

    def item(self) -> str:
        """Return an item of the list of what was checked."""
        return f"- {self._key}: {'; '.join(self.checked)}."

    @property
    def _key(self) -> str:
        return f"[{self.case.package}](https://pypi.org/project/{self.case.package}/)"


def write_page(outcome: Outcome, page: Path = PAGE) -> None:
    """Replace the row of a package, and leave those of others."""
    text = page.read_text(encoding="utf-8")
    text = _put(text, outcome.case.kind, outcome.row())
    text = _put(text, f"{outcome.case.kind}, what was checked", outcome.item())
    page.write_text(text, encoding="utf-8")


def _put(text: str, block: str, line: str) -> str:
    """Put a line into a block, in place of the one that begins with the same link."""
    before, begin, rest = text.partition(f"% made by make ecosystem: {block}\n\n")
    content, end, after = rest.partition("% end\n")
    if not end:
        raise ValueError(f"The page has no block {block!r}.")
    lines = content.rstrip().splitlines()
    heading = [old for old in lines if "](" not in old]
    others = [old for old in lines if "](" in old and _link(old) != _link(line)]
    return "".join((before, begin, "\n".join([*heading, *sorted([*others, line])]), "\n\n", end, after))


def _link(line: str) -> str:
    match = re.search(r"\[[^]]+\]", line)
    return match[0] if match else ""
