"""What a process loads that only starts."""

import os
import subprocess
import sys

import pytest

# Searching, indexing and their libraries wait until they are first used, the admin's pages until they are visited.
LATE = (
    "wagtail_vector_search.retrieval",
    "wagtail_vector_search.content",
    "wagtail_vector_search.providers",
    "wagtail_vector_search.indexing.pipeline",
    "wagtail_vector_search.status",
    "wagtail_vector_search.evaluation",
    "wagtail_vector_search.admin.editor.views",
    "wagtail_vector_search.admin.lab.views",
    "wagtail_vector_search.admin.report.views",
    "numpy",
    "llm",
    "wordllama",
    "rapidfuzz",
    "semantic_text_splitter",
)


@pytest.mark.parametrize(
    "start",
    [
        pytest.param("", id="Django"),
        pytest.param("import wagtail.admin.urls", id="Wagtail's admin"),
        pytest.param("from django.template import engines; engines['django']", id="the template engine"),
    ],
)
def test_a_process_that_starts_loads_neither_searching_nor_indexing_nor_the_pages_of_the_admin(start):
    code = f"import django, sys; django.setup(); {start}\nprint(*[m for m in {LATE!r} if m in sys.modules])"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == []
