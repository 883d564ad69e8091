"""In a process of its own: prints the processor time that a site takes to start, and the heavy packages it loads.

A site has started when it can answer: Django is set up, the addresses of Wagtail's admin and the template engine are
there.
"""

from __future__ import annotations

import sys
from importlib import import_module
from time import process_time

import django

HEAVY = ("llm", "numpy", "wordllama", "tokenizers", "torch")


def main() -> None:
    """Measure and print."""
    started = process_time()
    django.setup()
    set_up = process_time()
    import_module("wagtail.admin.urls")
    from django.template import engines

    _ = engines["django"]  # makes the engine
    ready = process_time()
    loaded = [name for name in HEAVY if name in sys.modules]

    from .processes import answer

    answer(setup=(set_up - started) * 1000, ready=(ready - started) * 1000, loaded=loaded)


if __name__ == "__main__":
    main()
