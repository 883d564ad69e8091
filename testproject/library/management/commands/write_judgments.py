"""Judgments of the demo site for ``evaluate_search``, from the questions of ``ask_questions``."""

from __future__ import annotations

import csv
from typing import Any

from django.core.management import BaseCommand
from wagtail.models import Locale

from ...models import ArticlePage
from ...templatetags.library_tags import short_name
from .ask_questions import SETS, read_questions

#: Of a page that is named as the answer, and of one below such a page.
NAMED, BELOW = 3, 1


class Command(BaseCommand):
    """Prints CSV with the columns ``query``, ``page`` and ``grade``."""

    help = "Print judgments for evaluate_search: which pages answer the questions of ask_questions, and how well."

    def handle(self, **options: Any) -> None:
        """Look for the pages that answer each question."""
        pages = list(ArticlePage.objects.live().public().filter(locale=Locale.get_active()))
        grades: dict[tuple[str, str], int] = {}
        for question in (question for path in SETS.values() for question in read_questions(path)):
            for page in filter(question.is_answered_by, pages):
                judged = (question.text, page.url)
                grade = NAMED if short_name(page.title) in question.expected else BELOW
                grades[judged] = max(grade, grades.get(judged, 0))
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(["query", "page", "grade"])
        writer.writerows([*judged, grade] for judged, grade in grades.items())
