"""The command; see ``--help``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from ..documents import Document
from ..reporting import machine_line, print_table, write_json
from ..scratch import benchmark_site
from .editions import EDITIONS, LEAST_PAGES, read_documents
from .evaluation import SEARCHES, evaluate
from .handbook import ENGLISH, find_editions, read_edition, text_of
from .queries import OFF_TOPIC, word_counter, words_of_one_page
from .scores import LanguageScores, first, lost, mean_results, missing, nothing, typical_results

Results = Mapping[str, LanguageScores]


def main() -> None:
    """Measure, print, write."""
    options = _parse()
    editions = find_editions(options.folder)
    part = "development" if options.development else "report"
    english = read_edition(editions, ENGLISH)
    results: dict[str, LanguageScores] = {}
    few: dict[str, int] = {}
    with benchmark_site(options.provider, options.model) as template:
        print(f"{machine_line()}\n")
        for language in options.languages or EDITIONS:
            counter = word_counter(language)
            documents = read_documents(editions, language, english, counter, odd_chapters=options.development)
            if len(documents) < LEAST_PAGES:
                few[language] = len(documents)
                continue
            words = words_of_one_page(documents, language, "" if language == "en" else text_of(english))
            off_topic = OFF_TOPIC[part][language]
            results[language] = evaluate(documents, language, words, off_topic, template)
            print(f"{language}: {_size(documents, words)}", flush=True)
        _print(part, results, few)
        _write(options, part, results, few)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.languages",
        description="Compare hybrid with keyword search on the Debian Administrator's Handbook in many languages.",
    )
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="what Debian's package debian-handbook was unpacked to"
    )
    parser.add_argument(
        "--language", action="append", dest="languages", choices=EDITIONS, help="only this one; may be repeated (all)"
    )
    parser.add_argument(
        "--development", action="store_true", help="take the chapters and queries for choosing numbers, not for reports"
    )
    parser.add_argument("--provider", default="", help="dotted path of an embedding provider (LLMProvider)")
    parser.add_argument("--model", default="", help="its model (wordllama)")
    parser.add_argument("--json", default="", metavar="OUT", help="write the results here, with every query")
    return parser.parse_args()


def _size(documents: Sequence[Document], words: Sequence[str]) -> str:
    return f"{len(documents)} pages, {sum(map(bool, words))} with a word of their own"


def _print(part: str, results: Results, few: Mapping[str, int]) -> None:
    print()
    _print_found(part, results)
    _print_amounts(part, results)
    if few:
        print(
            f"Left out, too few translated sections: {', '.join(f'{name} ({pages})' for name, pages in few.items())}."
        )
    for language, scores in results.items():
        if scores.degraded:
            print(f"{language}: {scores.degraded} searches were answered without vectors.")


def _print_found(part: str, results: Results) -> None:
    columns = [
        "",
        "pages",
        *("titles first, keyword", "hybrid", "titles lost, keyword", "hybrid"),
        *("words", "words first, keyword", "hybrid", "words lost, keyword", "hybrid"),
        "lost by hybrid only",
        "hybrid shows nothing",
    ]
    rows: list[list[Any]] = []
    for language, scores in results.items():
        titles, words = scores.titles, scores.words
        row = [scores.pages, first(titles, "keyword"), first(titles, "hybrid")]
        row += [missing(titles, "keyword"), missing(titles, "hybrid"), len(words)]
        row += [first(words, "keyword"), first(words, "hybrid"), missing(words, "keyword"), missing(words, "hybrid")]
        rows.append([language, *row, lost(words), nothing(words, "hybrid")])
    rows.append(["all", *(sum(row[place] for row in rows) for place in range(1, len(columns)))])
    print_table(f"{part}: what is found", columns, rows)


def _print_amounts(part: str, results: Results) -> None:
    columns = [
        *("", "results of a word (median), keyword", "hybrid", "off-topic (mean), keyword", "hybrid"),
        *("background similarity", "title similarity"),
    ]
    rows = [
        [
            language,
            *(_decimal(typical_results(scores.words, name)) for name in SEARCHES),
            *(_decimal(mean_results(scores.off_topic[name]), 2) for name in SEARCHES),
            *(_decimal(value, 3) for value in (scores.background_similarity, scores.title_similarity)),
        ]
        for language, scores in results.items()
    ]
    if results:
        means = (fmean(count for scores in results.values() for count in scores.off_topic[name]) for name in SEARCHES)
        rows.append(["all", "", "", *(_decimal(mean, 2) for mean in means), "", ""])
    print_table(f"{part}: how much is found", columns, rows)


def _decimal(value: float | None, digits: int = 1) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _write(options: argparse.Namespace, part: str, results: Results, few: Mapping[str, int]) -> None:
    languages = {language: scores.as_dict() for language, scores in results.items()}
    model = options.model or "wordllama"
    write_json(options.json, {"model": model, "part": part, "languages": languages, "too few pages": few})


if __name__ == "__main__":
    main()
