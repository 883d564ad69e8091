"""Sites in other languages: what people type there finds the page, and no model that knows English outvotes words."""

import pytest
from django.utils import translation

from tests.kept import kept

from .languages import SITES

pytestmark = pytest.mark.django_db


def fixture_for(language):
    """Return a fixture that builds the site of a language once."""

    def site(build_site):
        build_site(SITES[language].pages, language, background=[])

    site.__name__ = f"site_{language.replace('-', '_')}"
    return pytest.fixture(kept(site))


for _language in SITES:
    globals()[f"site_{_language.replace('-', '_')}"] = fixture_for(_language)


@pytest.fixture(params=SITES)
def language(request):
    """Each language, with its site."""
    request.getfixturevalue(f"site_{request.param.replace('-', '_')}")
    return request.param


@pytest.mark.parametrize("visitor", ["", "en"])
def test_the_page_comes_first_whatever_the_browser_prefers(language, missed, visitor):
    with translation.override(visitor or language):
        assert not missed(*SITES[language].asked)


def test_every_title_finds_its_page(language, missed):
    assert not missed(*((title, title) for title, _ in SITES[language].pages))


def test_hybrid_keeps_whatever_words_find(language, search):
    for title, *queries in SITES[language].asked:
        for query in queries:
            assert title in search(query, "keyword")
            assert title in search(query, "hybrid")
