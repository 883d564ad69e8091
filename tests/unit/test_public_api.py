"""The names that a project imports from the root package."""

import subprocess
import sys

import pytest

import wagtail_vector_search


@pytest.mark.parametrize("name", wagtail_vector_search.__all__)
def test_a_public_name_can_be_imported_from_the_root_package(name):
    assert getattr(wagtail_vector_search, name).__module__.startswith("wagtail_vector_search.") or name in (
        "search_degraded",
        "pages_withdrawn",
    )


def test_a_name_that_is_not_public_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = wagtail_vector_search.nothing


def test_importing_the_root_package_imports_neither_django_nor_numpy():
    program = "import sys, wagtail_vector_search; print({'django', 'numpy', 'wagtail', 'llm'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "set()\n"
