"""In a process of its own: prints the processor time that Django takes to start, and the heavy packages it loads."""

from __future__ import annotations

import sys
from time import process_time

import django

HEAVY = ("llm", "numpy", "wordllama", "tokenizers", "torch")


def main() -> None:
    """Measure and print."""
    started = process_time()
    django.setup()
    ms = (process_time() - started) * 1000
    loaded = [name for name in HEAVY if name in sys.modules]

    from .processes import answer

    answer(ms=ms, loaded=loaded)


if __name__ == "__main__":
    main()
