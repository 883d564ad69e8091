"""From a file to judgments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from django.conf import settings

from ..exceptions import JudgmentsError
from .judgments import JudgedQuery, Judgments, LeftOut
from .references import MistypedReferenceError, find_page, find_public
from .rows import Problem, Row, quoted, read_rows, read_text


def read_judgments(file: IO[bytes] | IO[str], *, language_code: str = "") -> Judgments:
    """Read judgments from CSV: a first line ``query,page,grade``, then one judgment a line.

    A page is its number, its path, or its address at one of the sites; a grade is 0 to 3, or bad (0), fair (1) or
    good (2). Blank lines and lines that begin with ``#`` are skipped; further columns are not read. Where
    ``WAGTAIL_I18N_ENABLED`` is set, a query whose pages are in several locales is one query in each.

    Args:
        file: Open, in UTF-8 if it is binary; a byte order mark may stand at its beginning.
        language_code: Count only the pages of this locale.

    Returns:
        The judgments that count, and those that do not: a page that is gone or not public cannot be found.

    Raises:
        JudgmentsError: with everything that is wrong, each with its line and what to type instead.
    """
    rows, problems = read_rows(read_text(file))
    reader = _Reader(problems)
    found = reader.find_pages(rows)
    reader.grade(rows, found, language_code)
    if reader.problems:
        raise JudgmentsError(*sorted(reader.problems))
    return reader.judgments()


class _Reader:
    """Judgments while they are being read."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        self._left_out: list[LeftOut] = []
        self._graded: dict[tuple[str, str], dict[Any, Row]] = {}

    def find_pages(self, rows: Iterable[Row]) -> dict[str, Any]:
        """Return the primary keys of the pages, or ``None``, by what they are called."""
        found: dict[str, Any] = {}
        mistyped: dict[str, str] = {}
        for row in rows:
            if row.page not in found and row.page not in mistyped:
                try:
                    found[row.page] = find_page(row.page)
                except MistypedReferenceError as error:
                    mistyped[row.page] = str(error)
            if row.page in mistyped:
                self.problems.append(Problem(row.line, f'"{quoted(row.page)}": {mistyped[row.page]}.'))
        return found

    def grade(self, rows: Iterable[Row], found: Mapping[str, Any], only_language: str) -> None:
        """Sort the judgments by query."""
        public = find_public(page_id for page_id in found.values() if page_id is not None)
        for row in rows:
            page_id = found.get(row.page)
            if page_id not in public:
                if row.page in found:
                    self._leave_out(row, "there is no such page that visitors can find")
            elif only_language and public[page_id] != only_language:
                self._leave_out(row, f'the page is in the locale "{public[page_id]}"')
            else:
                self._add(row, page_id, public[page_id])

    def judgments(self) -> Judgments:
        """Return what counts, and what does not."""
        queries = tuple(self._queries())
        return Judgments(queries, tuple(sorted(self._left_out, key=lambda judgment: judgment.line)))

    def _add(self, row: Row, page_id: Any, language_code: str) -> None:
        language = language_code if getattr(settings, "WAGTAIL_I18N_ENABLED", False) else ""
        rows = self._graded.setdefault((row.query, language), {})
        first = rows.setdefault(page_id, row)
        if first.grade != row.grade:
            what = f'"{quoted(row.query)}", {quoted(row.page)}'
            grades = f"has grade {row.grade} here and {first.grade} on line {first.line}"
            self.problems.append(Problem(row.line, f"{what} {grades}: delete one of them."))

    def _queries(self) -> Iterator[JudgedQuery]:
        for (text, language_code), rows in self._graded.items():
            if any(row.grade for row in rows.values()):
                yield JudgedQuery(text, language_code, {page_id: row.grade for page_id, row in rows.items()})
                continue
            for row in rows.values():
                self._leave_out(row, "no page of this query has a grade above 0, so no search can find the right one")

    def _leave_out(self, row: Row, reason: str) -> None:
        self._left_out.append(LeftOut(row.line, quoted(row.query), quoted(row.page), reason))
