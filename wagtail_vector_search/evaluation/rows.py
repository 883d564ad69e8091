"""The rows of a file of judgments, and everything that is wrong with them. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, NamedTuple

from ..content import clean_line
from ..exceptions import JudgmentsError

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
    """What is wrong with a line, and what to type instead."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.text}"


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
        text: Of the file. Blank lines, and those that begin with ``#``, may stand between the rows.

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
    """The lines of a file; between two records those that say nothing are left out."""

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
            if not _says_nothing(line):
                self.start, self._between_records = number, False
                return line
        raise StopIteration

    def begin_record(self) -> None:
        """Note that the next line begins a record."""
        self._between_records = True


def _says_nothing(line: str) -> bool:
    # A spreadsheet writes the separators of empty rows, too.
    return not line.strip(f"{_DELIMITERS} \r\n") or line.lstrip().startswith("#")


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
