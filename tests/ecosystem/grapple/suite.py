"""wagtail-grapple: GraphQL for a site without templates, whose searches go to the backend called default."""

import pytest
from wagtail.models import PageViewRestriction

from tests.ecosystem.truth import assert_index_tells_the_truth

pytestmark = pytest.mark.django_db(transaction=True)

QUERY = "query($q: String!) { pages(searchQuery: $q%s) { title } }"


@pytest.fixture
def ask(client):
    def ask(query, arguments=""):
        body = {"query": QUERY % arguments, "variables": {"q": query}}
        answer = client.post("/api/graphql/", body, content_type="application/json").json()
        assert "errors" not in answer, answer
        return [page["title"] for page in answer["data"]["pages"]]

    return ask


@pytest.fixture
def articles(make_article, build_index):
    articles = [
        make_article("Bicycle parking", introduction="Ask the caretaker for a key of the shed."),
        make_article("Shed", introduction="The shed of the caretaker stands behind the house."),
        make_article("Menu", introduction="Soup and bread."),
    ]
    build_index()
    return articles


@pytest.fixture
def _by_default(settings):
    backends = settings.WAGTAILSEARCH_BACKENDS
    settings.WAGTAILSEARCH_BACKENDS = {**backends, "default": backends["hybrid"], "database": backends["default"]}


def test_searches_go_to_the_default_backend_and_work_beside_ours(ask, articles):
    assert sorted(ask("caretaker")) == ["Bicycle parking", "Shed"]
    assert ask("key caretaker") == ["Bicycle parking"]
    assert_index_tells_the_truth()


@pytest.mark.usefixtures("_by_default")
def test_with_hybrid_as_default_a_search_wants_every_word_unless_it_says_or(ask, articles):
    assert ask("caretaker bread house") == []
    assert set(ask("caretaker bread house", ", searchOperator: OR")) >= {"Shed", "Menu"}


@pytest.mark.usefixtures("_by_default")
@pytest.mark.parametrize("operator", ["", ", searchOperator: OR"])
def test_private_pages_are_not_returned(ask, articles, operator):
    PageViewRestriction.objects.create(page=articles[0], restriction_type=PageViewRestriction.LOGIN)
    assert "Bicycle parking" not in ask("caretaker", operator)
    assert "Shed" in ask("caretaker", operator)
