"""No hidden page comes to light: every surface x every way of hiding x every state of the index."""

import pytest
from django.core.cache import cache
from wagtail.models import Page

from tests.kept import kept
from tests.tally import tally
from wagtail_vector_search import signal_handlers
from wagtail_vector_search.exceptions import ProviderUnavailableError
from wagtail_vector_search.models import Embedding256, EntryTerms, Generation
from wagtail_vector_search.providers import DeterministicProvider

from .hiding import ADDRESS, COMMON, HIDDEN, SUBTITLE, TEXT, TITLE, make_site, restrict
from .surfaces import BACKENDS, DEGRADED, HANDED_ON, SURFACES, admin_surfaces

pytestmark = pytest.mark.django_db

DRAFT = "draft changes of a live page"
#: The second asks for the secret by name.
QUERIES = (COMMON, f"{COMMON} {TITLE}")
HYBRID = {"BACKEND": "wagtail_vector_search.backends.hybrid"}


@pytest.fixture(autouse=True)
def _as_default(settings):
    """One of our backends is Wagtail's default, so that its admin and its API use it."""
    settings.ROOT_URLCONF = "tests.security.urls"
    ours = {name: {"BACKEND": f"wagtail_vector_search.backends.{name}"} for name in BACKENDS}
    settings.WAGTAILSEARCH_BACKENDS = {
        "default": HYBRID,
        "database": {"BACKEND": "wagtail.search.backends.database"},
        **ours,
    }


@pytest.fixture
@kept
def site(home, build_index):
    """The site with its index, before anything is hidden."""
    made = make_site(home)
    build_index()
    return made


@pytest.fixture
def no_listeners(site, monkeypatch):
    """From now on the index stays as it was, whatever is done: edits behind our back, at their worst."""
    monkeypatch.setattr(signal_handlers, "is_ready", lambda _using: False)


@pytest.fixture
def provider_down(monkeypatch):
    """Return a function that cuts the connection to the provider."""

    def fail(*args, **options):
        raise ProviderUnavailableError("No answer from the embedding service.")

    def cut():
        cache.clear()
        monkeypatch.setattr(DeterministicProvider, "_embed", fail)

    return cut


def walk(site, surfaces, searches=QUERIES):
    """Look at every surface, and assert that none shows a secret."""
    for name, show in surfaces.items():
        for query in searches:
            shown = show(site, query).lower()
            tally("surfaces searched for hidden pages")
            seen = [secret for secret in site.secrets if secret in shown]
            assert not seen, f"{name} shows {seen} for {query!r}"


def only(names):
    return {name: SURFACES[name] for name in names}


def is_stored(page):
    return any(model.objects.filter(page=page.pk).exists() for model in (EntryTerms, Embedding256))


def test_every_surface_shows_a_page_that_is_not_hidden(site):
    """Else the other tests here would prove nothing."""
    site.stays = True
    silent = {"vector_search_status", "vector_search_status --json", "excluded word"}
    for name, show in {**SURFACES, **HANDED_ON, **admin_surfaces()}.items():
        shown = "".join(show(site, query) for query in QUERIES).lower()
        assert (SUBTITLE in shown) is (name not in silent), name


@pytest.mark.parametrize("how", [how for how in HIDDEN if how != DRAFT])
def test_a_page_hidden_behind_our_back_comes_to_light_nowhere(site, no_listeners, provider_down, how):
    HIDDEN[how](site)
    if how == "alias":
        site.secrets = (ADDRESS,)
    walk(site, {**SURFACES, **HANDED_ON})
    if how != "another locale":  # which editors see
        walk(site, admin_surfaces())
    provider_down()
    walk(site, only(DEGRADED), QUERIES[1:])
    Generation.objects.update(state=Generation.State.RETIRED)
    walk(site, only(DEGRADED), QUERIES[1:])


@pytest.mark.parametrize("how", HIDDEN)
def test_a_page_hidden_in_the_ordinary_way_comes_to_light_nowhere(site, build_index, how):
    HIDDEN[how](site)
    if how == "alias":
        site.secrets = (ADDRESS,)
    walk(site, {**SURFACES, **HANDED_ON} if how == DRAFT else only(BACKENDS))
    build_index()
    walk(site, only(BACKENDS))
    kept = how in (DRAFT, "another locale", "expired, scheduler not run")
    assert is_stored(site.secret) is kept
    assert not EntryTerms.objects.filter(terms__contains=[TEXT]).exists() or how in HIDDEN_BY_THE_SEARCH


#: The index holds these pages: it is the search that leaves them out.
HIDDEN_BY_THE_SEARCH = ("another locale", "expired, scheduler not run")


@pytest.mark.parametrize("kind", ["never published", "private"])
def test_a_page_that_was_never_public_comes_to_light_nowhere(home, build_index, kind):
    site = make_site(home, live=kind == "private")
    if kind == "private":
        restrict(site.section, "password")
    build_index()
    assert not is_stored(site.secret)
    walk(site, {**SURFACES, **HANDED_ON, **admin_surfaces()})


def test_a_page_type_that_is_left_out_is_in_no_ranking(site, build_index, configure):
    configure(EXCLUDE_PAGE_TYPES=["testapp.ArticlePage"])
    build_index()
    assert not is_stored(site.secret)
    for name in BACKENDS:
        assert site.secret.pk not in {page.pk for page in Page.objects.search(QUERIES[1], backend=name)}
