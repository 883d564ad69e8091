"""How often is the right page among the first three? Asks the questions of ``testproject/questions*.csv``."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand
from wagtail.models import Page

from ...searching import HYBRID, KEYWORD, SEMANTIC, search_pages
from ...templatetags.library_tags import short_name

FOLDER = Path(__file__).resolve().parents[3]
#: Questions in everyday words, and harder ones that avoid the words of the pages.
SETS = {"everyday words": FOLDER / "questions.csv", "other words than the page's": FOLDER / "questions_paraphrased.csv"}
MODES = (KEYWORD, SEMANTIC, HYBRID)
FIRST = 3


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the names of the pages that answer it; ``difflib.*`` means any page below ``difflib``."""

    text: str
    expected: tuple[str, ...]

    def is_answered_by(self, page: Page) -> bool:
        """Whether a page is one of those expected."""
        name = short_name(page.title)
        return any(name == known or (known.endswith(".*") and name.startswith(known[:-1])) for known in self.expected)


def read_questions(path: Path) -> list[Question]:
    """Read the questions from a file with the columns ``question`` and ``expected`` (names separated by ``|``)."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Question(row["question"], tuple(row["expected"].split(" | "))) for row in csv.DictReader(file)]


class Command(BaseCommand):
    """Prints, for each question and each way to search, the rank of the first expected page."""

    help = "Ask twenty questions in everyday words, then twenty harder ones, and count the answers in the first three."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--titles", action="store_true", help="Also print the first three titles of each search.")

    def handle(self, **options: Any) -> None:
        """Ask every question in every way."""
        for name, path in SETS.items():
            self._ask(name, read_questions(path), titles=options["titles"])

    def _ask(self, name: str, questions: list[Question], *, titles: bool) -> None:
        hits = dict.fromkeys(MODES, 0)
        self.stdout.write(f"\n{name:<66}" + "".join(f"{mode.name:>10}" for mode in MODES))
        for question in questions:
            answers = {mode: list(search_pages(question.text, mode)[:10]) for mode in MODES}
            ranks = {mode: _rank(question, pages) for mode, pages in answers.items()}
            self.stdout.write(f"{question.text:<66}" + "".join(f"{ranks[mode] or '-':>10}" for mode in MODES))
            for mode in MODES:
                hits[mode] += 0 < ranks[mode] <= FIRST
            if titles:
                for mode, pages in answers.items():
                    names = ", ".join(short_name(page.title) for page in pages[:FIRST])
                    self.stdout.write(f"    {mode.name:<9} {names}")
        total = len(questions)
        self.stdout.write(f"{f'among the first {FIRST}, of {total}':<66}" + "".join(f"{hits[m]:>10}" for m in MODES))


def _rank(question: Question, pages: list[Page]) -> int:
    """Return the position of the first expected page, from 1, or 0 when it is not among the pages."""
    return next((rank for rank, page in enumerate(pages, 1) if question.is_answered_by(page)), 0)
