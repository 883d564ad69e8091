"""A site on which words and meaning lead to different pages, and what to run on it."""

import itertools
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from wagtail.models import Page, Site

from tests.testapp.models import ArticlePage

from .other_words import MEANT

SETTINGS = {
    "WAGTAIL_VECTOR_SEARCH": {
        "default": {"PROVIDER": "tests.integration.evaluation.other_words.OtherWordsProvider", "MODEL": "other words"}
    }
}


@pytest.fixture(scope="module")
def _indexed(django_db_setup, django_db_blocker):
    """For each query a page with its word and one with the word that it means, for all tests of a module."""
    with django_db_blocker.unblock(), override_settings(**SETTINGS):
        with transaction.atomic():
            yield _build()
            transaction.set_rollback(True)
        Site.clear_site_root_paths_cache()


def _build():
    home = Page.objects.get(depth=2)
    pages = {}
    for word in itertools.chain(*MEANT.items()):
        body = [("paragraph", f"<p>Much about a {word}.</p>")]
        pages[word] = home.add_child(instance=ArticlePage(title=f"On a {word}", slug=word, body=body))
    call_command("update_vector_index", verbosity=0)
    call_command("update_index", verbosity=0)
    return pages


@pytest.fixture
def site(_indexed, db):
    """The pages by these words."""
    cache.clear()  # of query vectors
    return _indexed


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file of judgments and returns its path."""

    def write_rows(*rows):
        path = tmp_path / "judgments.csv"
        path.write_text("\n".join(["query,page,grade", *(",".join(map(str, row)) for row in rows)]), encoding="utf-8")
        return str(path)

    return write_rows


@pytest.fixture
def run():
    """Return a function that runs the command and returns what it printed."""

    def run_command(*arguments):
        out, err = StringIO(), StringIO()
        call_command("evaluate_search", *arguments, stdout=out, stderr=err, no_color=True)
        return out.getvalue(), err.getvalue()

    return run_command
