"""The demo's questions as judgments: what ``write_judgments`` prints, ``evaluate_search`` reads."""

import io

import pytest
from django.core.management import call_command

from wagtail_vector_search.evaluation import evaluate, read_judgments

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_site")]


@pytest.fixture
def judgments():
    out = io.StringIO()
    call_command("write_judgments", stdout=out)
    out.seek(0)
    return read_judgments(out)


def test_every_judgment_is_of_a_page_of_the_site(judgments):
    assert judgments.left_out == ()
    grades = {grade for query in judgments.queries for grade in query.grades.values()}
    assert "copy a nested dictionary without sharing" in {query.text for query in judgments.queries}
    assert grades == {1, 3}


def test_the_hybrid_beats_wagtails_own_search_by_them(judgments):
    evaluation = evaluate(judgments, ["default", "hybrid"])
    default, hybrid = evaluation.backends
    assert evaluation.best is hybrid
    assert evaluation.behind_best(default).low > 0
