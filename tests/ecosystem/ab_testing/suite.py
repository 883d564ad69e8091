"""wagtail-ab-testing: half of the visitors see a revision that is not published."""

import pytest
from wagtail_ab_testing.models import AbTest

from tests.ecosystem.truth import assert_index_tells_the_truth, found

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def article(make_article, build_index):
    article = make_article("Bicycle parking", introduction="Ask the caretaker.")
    article.save_revision().publish()
    build_index()
    return article


@pytest.fixture
def trial(article):
    """A test that runs: the live page says caretaker, its variant porter."""
    article.introduction = "Ask the porter."
    variant = article.save_revision()
    trial = AbTest.objects.create(
        page=article, name="Words", variant_revision=variant, goal_event="visit-page", sample_size=10
    )
    trial.start()
    article.refresh_from_db()
    return trial


def test_a_variant_is_not_found_while_the_test_runs(trial, article):
    assert found("porter") == []
    assert found("caretaker") == [article.pk]
    assert_index_tells_the_truth()


@pytest.mark.parametrize(
    ("action", "word", "other"),
    [
        (AbTest.COMPLETION_ACTION_PUBLISH, "porter", "caretaker"),
        (AbTest.COMPLETION_ACTION_REVERT, "caretaker", "porter"),
        (AbTest.COMPLETION_ACTION_DO_NOTHING, "caretaker", "porter"),
    ],
)
def test_afterwards_the_page_is_found_by_the_version_that_is_published(trial, article, action, word, other):
    trial.complete(action)
    assert found(word) == [article.pk]
    assert found(other) == []
    assert_index_tells_the_truth()


def test_a_page_that_is_unpublished_while_a_test_runs_leaves_the_index(trial, article):
    article.unpublish()
    assert found("caretaker") == found("porter") == []
    assert_index_tells_the_truth()
