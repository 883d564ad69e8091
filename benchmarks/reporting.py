"""Prints tables, writes JSON, and describes the machine that the figures were measured on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("Django", "wagtail", "modelsearch", "llm", "wordllama", "pgvector", "psycopg", "numpy")


def format_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return a table in Markdown, padded so that it reads well on a terminal, too."""
    cells = [[_format(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["| " + " | ".join(_pad(row, widths)) + " |" for row in cells]
    rule = "|" + "|".join("-" * (width + 1) + (":" if place else "-") for place, width in enumerate(widths)) + "|"
    return "\n".join([f"### {title}", "", lines[0], rule, *lines[1:], ""])


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table at once, also into a pipe."""
    print(format_table(title, columns, rows), flush=True)


def write_json(path: str, results: Mapping[str, Any]) -> None:
    """Write results with a description of the machine; nothing when ``path`` is empty."""
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(json.dumps({"machine": describe_machine(), **results}, indent=2) + "\n")


def describe_machine() -> dict[str, Any]:
    """Return the processor, the database and the versions that figures depend on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        **_database(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def machine_line() -> str:
    """Return the same in one line."""
    machine = describe_machine()
    packages = ", ".join(f"{name} {found}" for name, found in machine["packages"].items())
    return (
        f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}, "
        f"PostgreSQL {machine['postgresql']}, pgvector extension {machine['pgvector']}; {packages}"
    )


def _database() -> dict[str, str]:
    from django.db import connection

    with connection.cursor() as cursor:
        # The server's own database need not have the extension; those made for a benchmark get what is available.
        cursor.execute(
            "SELECT current_setting('server_version'),"
            " (SELECT default_version FROM pg_available_extensions WHERE name = 'vector')"
        )
        server, extension = cursor.fetchone()
    return {"postgresql": server.split()[0], "pgvector": extension}


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _pad(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *others = zip(cells, widths, strict=True)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]


def _format(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        digits = 0 if abs(cell) >= 1000 else 1 if abs(cell) >= 10 else 2
        return f"{cell:,.{digits}f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
