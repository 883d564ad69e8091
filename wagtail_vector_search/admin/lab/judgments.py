"""Judgments made in the lab: from the browser that keeps them to the file that ``evaluate_search`` reads."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...content import clean_line
from ...retrieval import page_model

#: What a result can be ticked as, as ``evaluate_search`` calls it.
GRADES = ("good", "fair", "bad")

#: Judgments that one file holds.
MAX_JUDGMENTS = 2000

_COLUMNS = ("query", "page", "grade")
_MAX_QUERY_LENGTH = 1000


class Judgment(NamedTuple):
    """What somebody thinks of a page as an answer to a query."""

    #: As it was typed, in one line.
    query: str
    #: Primary key of the page.
    page: Any
    #: One of ``GRADES``.
    grade: str


def read_judgments(text: str) -> list[Judgment]:
    """Read what the browser has kept: a JSON array of objects with query, page and grade.

    Returns:
        Each page of a query once, with the grade that it was given last; in the order in which they were first judged.

    Raises:
        ValidationError: it is anything else, empty, or too much; the message is for whoever judged.
    """
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, list):
        raise _unreadable()
    if not entries:
        raise ValidationError(_("Nothing has been judged yet."))
    if len(entries) > MAX_JUDGMENTS:
        raise ValidationError(
            ngettext(
                "One file holds no more than %(most)d judgment.",
                "One file holds no more than %(most)d judgments.",
                MAX_JUDGMENTS,
            )
            % {"most": MAX_JUDGMENTS}
        )
    judgments = map(_read, entries)
    return [Judgment(*key, grade) for key, grade in {(query, page): grade for query, page, grade in judgments}.items()]


def write_csv(judgments: Iterable[Judgment]) -> str:
    """Return judgments as ``manage.py evaluate_search`` reads them.

    Everything is quoted: a query may begin with the sign of a comment, or hold a comma.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(judgments)
    return file.getvalue()


def latest_queries(judgments: Iterable[Judgment], most: int) -> list[Judgment]:
    """Return the judgments of the queries that were judged last.

    Args:
        judgments: In the order in which they were made.
        most: Queries to keep.
    """
    every = list(judgments)
    queries = list(dict.fromkeys(judgment.query for judgment in reversed(every)))[:most]
    return [judgment for judgment in every if judgment.query in queries]


def _read(entry: Any) -> Judgment:
    match entry:
        case {"query": str(query), "page": str(page), "grade": str(grade)} if grade in GRADES:
            if text := clean_line(query[:_MAX_QUERY_LENGTH]):
                return Judgment(text, _read_key(page), grade)
    raise _unreadable()


def _read_key(page: str) -> Any:
    try:
        return page_model()._meta.pk.to_python(page)
    except ValidationError as error:
        raise _unreadable() from error


def _unreadable() -> ValidationError:
    return ValidationError(_("The judgments cannot be read."))
