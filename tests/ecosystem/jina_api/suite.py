"""llm-jina-api: a plugin that cannot be imported with today's llm."""

from importlib.metadata import entry_points

import pytest
from llm.plugins import pm
from wagtail.models import Page

from wagtail_vector_search.checks import check_database
from wagtail_vector_search.exceptions import ProviderConfigurationError
from wagtail_vector_search.providers.llm import LLMProvider
from wagtail_vector_search.providers.llm_models import find_model, forget_models

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _new_process():
    """No plugin has been tried yet."""
    forget_models()
    for entry in entry_points(group="llm"):
        pm.unblock(entry.name)


def test_wordllama_works_beside_it(make_article, build_index):
    article = make_article("Bicycle parking", introduction="Ask the caretaker.")
    build_index()
    results = Page.objects.search("where do I leave my bike", backend="hybrid")
    assert results[0].pk == article.pk
    assert not results.degraded


def test_models_of_llm_itself_are_found_beside_it():
    assert find_model("text-embedding-3-small").model_id == "text-embedding-3-small"


def test_a_model_of_its_own_is_an_error_that_names_it():
    with pytest.raises(ProviderConfigurationError, match=r"plugin llm-jina-api failed: ModuleNotFoundError.*httpx"):
        LLMProvider("jina-clip-v1-api").wait_until_ready()


def test_the_check_names_it(settings, build_index):
    index = settings.WAGTAIL_VECTOR_SEARCH["default"]
    settings.WAGTAIL_VECTOR_SEARCH = {"default": {**index, "MODEL": "text-embedding-3-small"}}
    said = [message.msg for message in check_database(databases=["default"])]
    assert any("llm-jina-api does not work" in each for each in said), said
