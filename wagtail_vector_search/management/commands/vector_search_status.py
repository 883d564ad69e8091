"""``manage.py vector_search_status``."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...exceptions import SettingsError
from ...ranking.formulas import exact_scan_limit
from ...status import GenerationStatus, IndexStatus, get_status


class Command(BaseCommand):
    help = "Prints the state of vector search: its database, models and pages, and what is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print JSON for another program to read.")
        parser.add_argument("--check", action="store_true", help="Exit with status 1 when something is wrong.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            status = get_status(sampled=True)
        except SettingsError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(status.as_dict(), default=str, indent=2, ensure_ascii=False))
        else:
            database = status.database
            where = f"{database.host or 'local'}{':' + database.port if database.port else ''}"
            self._heading("Database")
            self._row("connection", f"{database.alias} ({database.engine})")
            self._row("host, name", f"{where}, {database.name}")
            if database.vendor != "postgresql":
                self._row("PostgreSQL", "not PostgreSQL")
            elif not database.server_version:
                self._row("PostgreSQL", "cannot be reached")
            else:
                self._row("PostgreSQL", database.server_version)
                self._row("pgvector", database.pgvector_version or "not installed")
            for index in status.indexes:
                self._print_index(index)
            self.stdout.write("")
            if not status.problems:
                self.stdout.write(self.style.SUCCESS("No problems found."))
            for problem in status.problems:
                self.stdout.write(self.style.ERROR(f"Problem: {problem}"))
        if options["check"] and status.problems:
            sys.exit(1)

    def _print_index(self, index: IndexStatus) -> None:
        self._heading(f'Index "{index.index_name}"')
        self._row("in settings", f"{index.provider}, model {index.model}")
        self._row("serving", f"generation {index.serving}" if index.serving else "nothing: answered by keywords alone")
        if not index.generations:
            self._row("generation", "none: never built")
        for generation in index.generations:
            self._print_generation(generation)
        health = index.health
        degraded = ", ".join(f"{count} {reason}" for reason, count in health.degraded.items())
        self._row("words alone", f"{degraded or 'no search'} in the last hour")
        if health.embedding_calls:
            self._row("calls", f"{health.embedding_calls} taken by searches in the last hour")
        if health.circuit_open_until:
            self._row("provider", f"circuit breaker open until {_describe_time(health.circuit_open_until)}")
        if health.last_error:
            self._row("last error", f"{_describe_time(health.last_error_at)}: {health.last_error}")

    def _print_generation(self, generation: GenerationStatus) -> None:
        self._row("generation", f"{generation.id} ({generation.state}), built {generation.created_at:%Y-%m-%d %H:%M}")
        self._row("  model", f"{generation.model}, {generation.dimensions} dimensions")
        self._row("  provider", generation.provider)
        self._row("  pages", ", ".join(f"{count} {state}" for state, count in generation.pages.items()))
        if build := generation.build:
            progress = f"{build.done:,} of {build.total:,} pages, {build.percentage} %, {build.failed:,} failed"
            self._row("  progress", progress)
            self._row("  next", build.advice)
        if generation.skipped:
            self._row("  skipped", ", ".join(f"{count} {reason}" for reason, count in generation.skipped.items()))
        self._row("  chunks", str(generation.chunks))
        self._row("  HNSW index", _describe_hnsw(generation))
        self._row("  last page", _describe_time(generation.last_indexed))
        self._row("  last update", _describe_time(generation.updated_at))
        for error in generation.errors:
            self._row("  error", error)

    def _heading(self, text: str) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"\n{text}"))

    def _row(self, label: str, value: str) -> None:
        self.stdout.write(f"  {label:<14}{value}")


def _describe_hnsw(generation: GenerationStatus) -> str:
    if generation.hnsw is None:
        return "missing"
    if not generation.hnsw.valid:
        return f"{generation.hnsw.name}, not valid"
    searchable = generation.pages["indexed"]
    limit = exact_scan_limit(searchable)
    use = "used above" if searchable > limit else "not needed yet: exact scan up to"
    scans = f"{generation.hnsw.scans} scans so far"
    return f"{generation.hnsw.name}, valid, {use} {limit:,} candidate pages ({scans})"


def _describe_time(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S %Z}" if moment else "never"
