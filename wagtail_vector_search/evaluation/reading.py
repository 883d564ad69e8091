"""From a CSV file to judgments, and everything that is wrong with its lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, NamedTuple

from django.conf import settings

from ..content import clean_line
from ..database.tables import PageKey
from ..exceptions import JudgmentsError
from .judgments import JudgedQuery, Judgments, LeftOut
from .references import MistypedReferenceError, find_page, find_public

COLUMNS = ("query", "page", "grade")

#: What may be typed as a grade. The words are those of editors who mark results.
GRADES: Mapping[str, int] = {"0": 0, "1": 1, "2": 2, "3": 3, "bad": 0, "fair": 1, "good": 2}

#: What spreadsheets put between columns: the semicolon where the comma divides decimals.
_DELIMITERS = ",;\t"
_HEADER = ",".join(COLUMNS)
_QUOTED_LENGTH = 60


class Row(NamedTuple):
    """One judgment as it was typed, with the number of the line that it begins on."""

    line: int
    query: str
    page: str
    grade: int


class Problem(NamedTuple):
    """A line that cannot be read, with what to type instead."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.text}"


def read_judgments(file: IO[bytes] | IO[str], *, language_code: str = "") -> Judgments:
    """Read judgments from CSV: a first line ``query,page,grade``, then one judgment a line.

    A page is its number, its path, or its address at one of the sites; a grade is 0 to 3, or bad (0), fair (1) or
    good (2). Blank lines and lines that begin with ``#`` are skipped; further columns are not read. Where
    ``WAGTAIL_I18N_ENABLED`` is set, a query whose pages are in several locales is one query in each.

    Args:
        file: open, in UTF-8 if it is binary; it may begin with a byte order mark.
        language_code: count only the pages of this locale.

    Returns:
        The judgments that count, and those that do not: no search finds a page that is gone or not public.

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
        """Return the primary keys of the pages, or ``None``, by the reference to them."""
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
        """Gather the judgments by query, and leave out those that do not count."""
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
        """Return the judgments that count, and those that do not."""
        queries = []
        for (text, language_code), rows in self._graded.items():
            if any(row.grade for row in rows.values()):
                queries.append(JudgedQuery(text, language_code, {key: row.grade for key, row in rows.items()}))
                continue
            for row in rows.values():
                self._leave_out(row, "no page of this query has a grade above 0, so no search can find the right one")
        return Judgments(tuple(queries), tuple(sorted(self._left_out, key=lambda judgment: judgment.line)))

    def _add(self, row: Row, page_id: PageKey, language_code: str) -> None:
        language = language_code if getattr(settings, "WAGTAIL_I18N_ENABLED", False) else ""
        rows = self._graded.setdefault((row.query, language), {})
        first = rows.setdefault(page_id, row)
        if first.grade != row.grade:
            what = f'"{quoted(row.query)}", {quoted(row.page)}'
            grades = f"has grade {row.grade} here and {first.grade} on line {first.line}"
            self.problems.append(Problem(row.line, f"{what} {grades}: delete one of them."))

    def _leave_out(self, row: Row, reason: str) -> None:
        self._left_out.append(LeftOut(row.line, quoted(row.query), quoted(row.page), reason))


def read_text(file: IO[bytes] | IO[str]) -> str:
    """Return the text of an open file.

    Raises:
        JudgmentsError: it is not UTF-8.
    """
    data = file.read()
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        remedy = 'Save it as "CSV UTF-8" (Excel), or with the character set UTF-8.'
        raise JudgmentsError(Problem(line, f"the file is not UTF-8. {remedy}")) from error


def read_rows(text: str) -> tuple[list[Row], list[Problem]]:
    """Return the judgments of a file, and what is wrong with the rest.

    Args:
        text: of the file. Blank lines, and those that begin with ``#``, are skipped between rows.

    Raises:
        JudgmentsError: the first line does not name the columns.
    """
    lines = _Lines(text)
    header_line = next(lines, "")
    delimiter = max(_DELIMITERS, key=header_line.count)
    header = _read_header(lines.start, header_line, delimiter)
    rows: list[Row] = []
    problems: list[Problem] = []
    for cells in _records(lines, delimiter):
        row = cells if isinstance(cells, str) else _read_row(lines.start, cells, header)
        if isinstance(row, Row):
            rows.append(row)
        else:
            problems.append(Problem(lines.start, row))
    return rows, problems


def quoted(text: str) -> str:
    """Return what was typed as it may be printed: in one line, not too long, without control characters."""
    line = "".join(character if character.isprintable() else " " for character in text)
    line = " ".join(line.split())
    return line if len(line) <= _QUOTED_LENGTH else f"{line[:_QUOTED_LENGTH]}…"


class _Lines:
    """The lines of a file, without blank lines and comments between two records."""

    def __init__(self, text: str) -> None:
        # newline="": the csv module wants to see the line ends as they are.
        self._lines = enumerate(io.StringIO(text, newline=""), 1)
        self._between_records = True
        #: Number of the line that the record began on.
        self.start = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        for number, line in self._lines:
            if not self._between_records:
                return line
            # A spreadsheet writes the separators of empty rows, too.
            if line.strip(f"{_DELIMITERS} \r\n") and not line.lstrip().startswith("#"):
                self.start, self._between_records = number, False
                return line
        raise StopIteration

    def begin_record(self) -> None:
        """Note that the next line begins a record."""
        self._between_records = True


def _records(lines: _Lines, delimiter: str) -> Iterator[list[str] | str]:
    """Yield the cells of each record, or what is wrong with it."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin_record()
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield f'the quotes do not match ({error}): put text with a comma or quote between quotes: "so ""called""".'


def _read_header(line: int, text: str, delimiter: str) -> list[str]:
    header = [cell.strip().strip('"').lower() for cell in text.split(delimiter)]
    if any(header.count(column) != 1 for column in COLUMNS):
        found = f'"{quoted(text)}"' if text else "an empty file"
        raise JudgmentsError(Problem(line, f"the first line must name the columns, {_HEADER}; found {found}."))
    return header


def _read_row(line: int, cells: Sequence[str], header: Sequence[str]) -> Row | str:
    """Return a row, or everything that is wrong with it."""
    if any(cell.strip() for cell in cells[len(header) :]):
        return (
            f"{len(cells)} columns instead of {len(header)}: put a query with a comma between quotes, "
            '"red, green",/colours/,2'
        )
    if len(cells) < len(header):
        return f"{len(cells)} columns instead of {len(header)}: type {','.join(quoted(name) for name in header)}"
    typed = {name: clean_line(cell) for name, cell in zip(header, cells, strict=False)}
    problems = list(_problems(typed))
    if problems:
        return "; ".join(problems)
    return Row(line, typed["query"], typed["page"], GRADES[typed["grade"].lower()])


def _problems(typed: Mapping[str, str]) -> Iterator[str]:
    if not typed["query"]:
        yield "the query is empty: type what a visitor would"
    if not typed["page"]:
        yield "the page is empty: type its number or its address, such as 42 or /about/"
    if typed["grade"].lower() not in GRADES:
        yield f'the grade is "{quoted(typed["grade"])}": type 0, 1, 2 or 3, or bad, fair or good'
