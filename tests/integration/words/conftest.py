"""Sites of real pages in many languages, searched as they come: the default model, every setting at its default."""

import pytest
from wagtail.models import Locale, Page

BACKENDS = ("keyword", "hybrid")

#: Pages of a council in English that nothing here asks for.
COUNCIL = [
    ("Pay your council tax", "Council tax is due on the first of each month. Pay by direct debit or by card."),
    ("Recycling and bin collections", "Bins are emptied every second week. Put glass and paper into the green box."),
    ("Swimming pools", "Lanes are open in the morning, lessons for beginners are in the afternoon."),
    ("Bike lanes", "New lanes for cyclists lead from the station to the river."),
    ("Emergency planning", "What to do in a flood, a fire or a power cut, and whom to call."),
    ("Libraries", "Borrow novels, films and games. Opening hours differ from branch to branch."),
    ("Parks and gardens", "Playgrounds, ponds and picnic meadows all over the town."),
    ("Marriages and ceremonies", "Give notice at the register office four weeks before the day."),
    ("Planning applications", "Comment on what your neighbours want to build."),
    ("School admissions", "Apply for a place at a primary school by January."),
    ("Markets", "Stalls with vegetables, cheese and flowers on the square each Saturday."),
    ("Museums", "Steam engines, paintings and a collection of clocks."),
]


@pytest.fixture(autouse=True)
def _default_settings(settings):
    """The settings of a new project."""
    settings.WAGTAIL_VECTOR_SEARCH = {"default": {}}


@pytest.fixture
def build_site(make_article, build_index):
    """Return a function that builds a site in one language, and its index."""

    def build(pages, language="en", background=COUNCIL):
        Locale.objects.update(language_code=language)
        for title, *paragraphs in [*pages, *background]:
            make_article(title, *paragraphs)
        build_index()

    return build


@pytest.fixture
def search():
    """Return a function that searches and returns titles."""

    def titles(query, backend="hybrid"):
        return [page.title for page in Page.objects.search(query, backend=backend)]

    return titles


@pytest.fixture
def missed(search):
    """Return a function that asks for each title with its queries, and returns what does not come first."""

    def ask(*rows, backends=BACKENDS):
        asked = [(title, query, backend) for title, *queries in rows for query in queries for backend in backends]
        assert asked
        found = [(title, query, backend, search(query, backend)) for title, query, backend in asked]
        return [(*case, titles[:4]) for *case, titles in found if titles[:1] != case[:1]]

    return ask
