"""What a process loads that only starts."""

import os
import subprocess
import sys

# Searching, indexing and their libraries wait until they are first used.
LATE = (
    "wagtail_vector_search.retrieval",
    "wagtail_vector_search.content",
    "wagtail_vector_search.providers",
    "wagtail_vector_search.indexing.pipeline",
    "numpy",
    "llm",
    "wordllama",
    "rapidfuzz",
    "semantic_text_splitter",
)


def test_starting_django_loads_the_tables_and_the_signal_handlers_only():
    code = f"import django, sys; django.setup(); print(*[m for m in {LATE!r} if m in sys.modules])"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == []
