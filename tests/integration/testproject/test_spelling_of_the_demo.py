"""On the demo site: words that people use stay as they are, and typing errors are mended."""

import csv
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from wagtail.models import Locale, Page, Site

from testproject.library.content.site import read_contents
from tests.tally import tally
from wagtail_vector_search.analysis import get_analyzer

from .small_site import SETTINGS, build_small_site

pytestmark = pytest.mark.django_db

LISTS = Path(__file__).resolve().parents[2] / "data"
#: Typing errors, of a hundred, that are mended at least.
MENDED = 85


@pytest.fixture(scope="module")
def _demo_site(django_db_setup, django_db_blocker):
    """All pages of the demo site; what tests change is undone."""
    with django_db_blocker.unblock(), override_settings(**SETTINGS):
        with transaction.atomic():
            build_small_site(read_contents())
            yield
            transaction.set_rollback(True)
        Site.clear_site_root_paths_cache()


@pytest.fixture
def corrected(_demo_site):
    """Return a function that says what is searched for in place of a word; empty where nothing is."""
    pages = Page.objects.filter(locale=Locale.objects.get(language_code="en"))
    return lambda word: pages.search(word, backend="keyword").corrected_query


def stem(word):
    return get_analyzer("en", {}).tokens(word)[0].term


@pytest.mark.parametrize("name", ["development", "held_out"])
def test_no_ordinary_word_becomes_an_unrelated_one(corrected, name):
    lines = (LISTS / f"ordinary_words_{name}.txt").read_text().splitlines()
    words = [line for line in lines if not line.startswith("#")]
    replaced = {word: shown for word in words if (shown := corrected(word)) and stem(shown) != stem(word)}
    tally(f"ordinary words ({name}) that stayed as they were", len(words) - len(replaced))
    assert len(words) == 100
    assert replaced == {}


@pytest.mark.parametrize("name", ["development", "held_out"])
def test_most_typing_errors_become_the_word_that_was_meant(corrected, name):
    with (LISTS / f"typing_errors_{name}.csv").open() as file:
        pairs = [(row["typed"], row["meant"]) for row in csv.DictReader(file)]
    shown = {(typed, meant): corrected(typed) for typed, meant in pairs}
    mended = [meant for (_, meant), word in shown.items() if word and stem(word) == stem(meant)]
    tally(f"typing errors ({name}) that were mended", len(mended))
    assert len(pairs) == 100
    assert len(mended) >= MENDED
