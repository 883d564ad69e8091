"""Importing the package costs a site nothing until a provider is used."""

import subprocess
import sys

import pytest

import wagtail_vector_search.providers

HEAVY = ("numpy", "llm", "wordllama", "tokenizers", "openai", "django.db")

LIGHT_MODULES = [
    "wagtail_vector_search.providers",
    "wagtail_vector_search.providers.base",
    "wagtail_vector_search.providers.registry",
    "wagtail_vector_search.providers.llm",
    "wagtail_vector_search.providers.deterministic",
    "wagtail_vector_search.providers.testing",
]


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("module", LIGHT_MODULES)
def test_importing_a_provider_loads_none_of_the_libraries_behind_it(module):
    assert run(f"import sys, {module}; print(*[m for m in {HEAVY!r} if m in sys.modules])") == []


def test_making_a_provider_loads_none_of_the_libraries_behind_it():
    code = f"""
import sys
from wagtail_vector_search.providers import LLMProvider
LLMProvider("wordllama", {{"batch_size": 10}}).model_id
print(*[m for m in {HEAVY!r} if m in sys.modules])
"""
    assert run(code) == []


def test_the_llm_plugin_needs_no_django():
    """llm's command line imports it in any folder, without settings."""
    code = "import sys, wagtail_vector_search.providers.wordllama; print('django' in sys.modules)"
    assert run(code) == ["False"]


def test_every_public_name_can_be_imported():
    names = wagtail_vector_search.providers.__all__
    assert names == sorted(names)
    for name in names:
        assert getattr(wagtail_vector_search.providers, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'Misspelt'"):
        _ = wagtail_vector_search.providers.Misspelt
