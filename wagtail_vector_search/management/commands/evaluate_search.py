"""``manage.py evaluate_search judgments.csv``: compares search backends by a site's own judgments."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from modelsearch.backends import InvalidSearchBackendError

from ...conf import DEFAULT_INDEX, SETTING_NAME, get_index_settings
from ...evaluation import Evaluation, Judgments, Tuning, choose_backends, evaluate, read_judgments, tune
from ...exceptions import JudgmentsError, VectorSearchError
from ..arguments import backend_path, get_locale
from ..evaluation_report import advise, compare, describe_judgments, list_worst
from ..terminal import TalkativeCommand, progress_of

#: Stands for standard input or output.
STANDARD = "-"


class Command(TalkativeCommand):
    """Reads judgments, asks every backend, prints a comparison."""

    help = (
        "Compare search backends by judgments of pages as answers to queries. The file of judgments has a first line "
        "query,page,grade: a page is its number, path or address, a grade is 0 to 3, or bad, fair or good."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("judgments", metavar="FILE", help="CSV in UTF-8; - reads standard input")
        parser.add_argument(
            "--backend",
            action="append",
            metavar="ALIAS",
            help="only this search backend; may be repeated (those of WAGTAILSEARCH_BACKENDS)",
        )
        parser.add_argument("--index", metavar="NAME", default="", help=f"only this index of {SETTING_NAME}")
        parser.add_argument("--locale", metavar="CODE", default="", help="only judgments of pages in this locale")
        parser.add_argument("--k", type=int, default=10, help="number of results that a visitor looks at (10)")
        parser.add_argument("--worst", type=int, default=5, metavar="N", help="list the N worst queries (5)")
        parser.add_argument("--tune", action="store_true", help="also find the best SEMANTIC_WEIGHT")
        parser.add_argument("--check", action="store_true", help="only read the judgments and say what is wrong")
        parser.add_argument(
            "--json", metavar="OUT", default="", help="write the figures here; - prints them instead of the tables"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare and print.

        Raises:
            CommandError: an option, the judgments or the settings are not usable.
        """
        self.quiet = options["verbosity"] == 0 or options["json"] == STANDARD
        if options["k"] < 1:
            raise CommandError("--k must be at least 1.")
        if options["worst"] < 0:
            raise CommandError("--worst must be at least 0.")
        try:
            if options["index"]:
                get_index_settings(options["index"])
            if options["locale"]:
                get_locale(options["locale"])
            self._handle(options)
        except JudgmentsError as error:
            name = "standard input" if options["judgments"] == STANDARD else options["judgments"]
            raise CommandError(f"{name} cannot be read as it stands.\n{error}") from error
        except (InvalidSearchBackendError, VectorSearchError, OSError) as error:
            raise CommandError(str(error)) from error

    def _handle(self, options: dict[str, Any]) -> None:
        if options["judgments"] == STANDARD:
            judgments = read_judgments(sys.stdin.buffer, language_code=options["locale"])
        else:
            with Path(options["judgments"]).open("rb") as file:
                judgments = read_judgments(file, language_code=options["locale"])
        for judgment in judgments.left_out:
            self.stderr.write(self.style.WARNING(str(judgment)))
        self.say(describe_judgments(judgments))
        if options["check"]:
            return
        evaluation = self._evaluate(judgments, options)
        tuning = None
        if options["tune"]:
            index_name = options["index"] or DEFAULT_INDEX
            with progress_of(len(judgments.queries), "weights", self, unit="queries") as progress:
                tuning = tune(judgments, index_name=index_name, k=options["k"], progress=progress)
            self._say_lines(advise(tuning, index_name, options["k"]))
        self._write_json(options["json"], evaluation, tuning)

    def _evaluate(self, judgments: Judgments, options: dict[str, Any]) -> Evaluation:
        chosen = options["backend"]
        backends = [backend_path(name) for name in chosen] if chosen else choose_backends(options["index"])
        with progress_of(len(backends) * len(judgments.queries), "searches", self, unit="searches") as progress:
            evaluation = evaluate(judgments, backends, k=options["k"], progress=progress)
        self._say_lines(compare(evaluation))
        self._say_lines(list_worst(evaluation, options["worst"]))
        return evaluation

    def _say_lines(self, lines: Any) -> None:
        text = "\n".join(lines)
        if text:
            self.say(f"\n{text}")

    def _write_json(self, out: str, evaluation: Evaluation, tuning: Tuning | None) -> None:
        if not out:
            return
        found: dict[str, Any] = {**evaluation.as_dict(), "tuning": None}
        if tuning:
            figures = {"gain": tuning.gain._asdict(), "is_gain": tuning.is_gain, "too_few": tuning.too_few}
            found["tuning"] = {**asdict(tuning), **figures}
        text = json.dumps(found, indent=2, ensure_ascii=False)
        if out == STANDARD:
            self.stdout.write(text)
        else:
            Path(out).write_text(f"{text}\n", encoding="utf-8")
