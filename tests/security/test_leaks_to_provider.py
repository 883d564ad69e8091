"""Private pages and drafts are not sent to the provider, and removed text is not shown."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from wagtail.models import Page, PageViewRestriction

from tests.misbehaving import HookedProvider
from tests.tally import tally
from tests.testapp.models import ArticlePage
from wagtail_vector_search.exceptions import ProviderUnavailableError
from wagtail_vector_search.models import Embedding256, Entry, EntryTerms, Generation
from wagtail_vector_search.providers import DeterministicProvider

from .hiding import HIDDEN, SECRETS, TEXT, fresh, make_article, make_site, restrict

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = ("login", "password", "groups")
#: What makes a page private without a signal that we hear.
PRIVATE = (
    *(f"{kind} on {where}" for kind in KINDS for where in ("the page", "a page above")),
    "restriction by bulk_create",
    "moved below a restricted page",
    "moved below a restricted page by SQL",
    "below an alias of a restricted page",
    "alias of a restricted page",
)


def sent(provider):
    """Return the secret words that have reached the provider."""
    tally("private pages kept from the provider")
    texts = " ".join(provider.texts).lower()
    return [secret for secret in SECRETS if secret in texts]


@pytest.mark.parametrize("how", PRIVATE)
def test_a_page_that_was_private_before_is_not_sent(home, build_index, provider, how):
    site = make_site(home)
    HIDDEN[how](site)
    build_index()
    assert len(provider.texts) >= 3
    assert sent(provider) == []


@pytest.mark.parametrize("how", PRIVATE)
def test_a_page_that_was_private_before_is_not_sent_when_it_is_edited_later(home, build_index, provider, how):
    site = make_site(home)
    HIDDEN[how](site)
    build_index()
    page = fresh(site.secret)
    page.body = [("paragraph", f"<p>A new {TEXT}.</p>")]
    page.save_revision().publish()
    build_index()
    assert sent(provider) == []


def test_a_draft_is_not_sent_and_nor_are_the_draft_changes_of_a_live_page(home, build_index, provider):
    site = make_site(home, live=False)
    page = fresh(site.open[0])
    page.body = [("paragraph", f"<p>A {TEXT} to be.</p>")]
    page.save_revision()
    build_index()
    assert sent(provider) == []


@pytest.mark.parametrize("how", [*PRIVATE, "unpublished", "deleted", "unpublished by SQL"])
def test_a_page_hidden_while_it_is_sent_is_not_found_and_its_rows_go(home, build_index, use_provider, how):
    provider = use_provider("HookedProvider")
    assert isinstance(provider, HookedProvider)
    site = make_site(home)
    provider.hook = lambda: HIDDEN[how](site)
    build_index()
    assert provider.hook is None
    tally("pages hidden during a call to the provider")
    for backend in ("hybrid", "semantic", "keyword"):
        assert site.secret.pk not in {page.pk for page in Page.objects.search(f"lantern {TEXT}", backend=backend)}
    build_index()
    for model in (EntryTerms, Embedding256):
        assert not model.objects.filter(page=site.secret.pk).exists()


def test_settings_may_ask_for_private_pages(home, build_index, provider, configure):
    configure(PRIVATE_PAGES=True)
    site = make_site(home)
    restrict(site.section)
    build_index()
    assert sent(provider)


OLD, NEW = "quetzal", "cassowary"


@pytest.fixture
def page(home, build_index):
    page = make_article(home, "Birds", f"The {OLD} sings by the lantern.", "birds")
    make_article(home, "Lamps", "Oil and a wick.", "lamps")
    build_index()
    assert OLD in shown()
    return page


def shown(backend="hybrid"):
    """Return all text that a search for the page shows."""
    passages = [page.search_passage for page in Page.objects.search("birds sing lantern", backend=backend)]
    return " ".join(f"{passage.heading} {passage.text}" for passage in passages if passage)


def watch_while_embedding(monkeypatch):
    """Return a list that gets what a search by words shows, whenever pages are being embedded."""
    seen: list[str] = []
    embed = DeterministicProvider._embed

    def look(self, texts, *, kind):
        if kind == "document":
            seen.append(shown("keyword"))
        return embed(self, texts, kind=kind)

    monkeypatch.setattr(DeterministicProvider, "_embed", look)
    return seen


def rewrite(page):
    page = ArticlePage.objects.get(pk=page.pk)
    page.body = [("paragraph", f"<p>The {NEW} sings by the lantern.</p>")]
    return page


def edit(page):
    rewrite(page).save_revision().publish()


@pytest.mark.parametrize("backend", ["hybrid", "semantic", "keyword"])
def test_text_that_was_removed_is_not_shown_from_the_moment_of_the_edit(page, no_worker, backend):
    with transaction.atomic():
        edit(page)
        assert OLD not in shown(backend)
    assert OLD not in shown(backend)


def test_text_that_was_removed_is_not_shown_while_the_edit_is_being_indexed(page, monkeypatch):
    seen = watch_while_embedding(monkeypatch)
    edit(page)
    assert seen
    assert not any(OLD in text for text in seen)
    assert NEW in shown()


@pytest.mark.parametrize("error", [ProviderUnavailableError("No answer."), ValueError("Nonsense.")])
def test_text_that_was_removed_is_not_shown_after_indexing_has_failed(page, monkeypatch, build_index, error):
    def fail(self, texts, *, kind):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(DeterministicProvider, "_embed", fail)
        edit(page)
        assert OLD not in shown("keyword")
    Entry.objects.update(next_attempt_at="2020-01-01T00:00Z")
    build_index()
    assert NEW in shown()


def test_text_that_was_removed_is_not_shown_when_another_generation_takes_over_first(
    page, build_index, configure, no_worker
):
    configure(CHUNK_WORDS=50)
    build_index()
    edit(page)
    assert Generation.objects.get(state="active").configuration["chunk_words"] == 50
    assert OLD not in shown()


def test_text_that_was_removed_is_not_shown_when_it_was_edited_during_a_build(
    home, page, build_index, configure, monkeypatch, no_worker
):
    embed = DeterministicProvider._embed
    edits = [page]
    # The build asks the provider only for a text that the generation which serves has no vector of.
    make_article(home, "Trams", "Rails and a bell.", "trams")

    def edit_meanwhile(self, texts, *, kind):
        while edits:
            edit(edits.pop())
        return embed(self, texts, kind=kind)

    configure(CHUNK_WORDS=50)
    monkeypatch.setattr(DeterministicProvider, "_embed", edit_meanwhile)
    build_index()
    assert not edits
    assert Generation.objects.get(state="active").configuration["chunk_words"] == 50
    assert OLD not in shown()


@pytest.mark.parametrize("behind_our_back", ["bulk_update", "SQL"])
def test_an_edit_that_no_signal_told_is_not_shown_once_the_update_has_found_it(
    page, build_index, monkeypatch, behind_our_back
):
    if behind_our_back == "bulk_update":
        ArticlePage.objects.bulk_update([rewrite(page)], ["body"])
    else:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE testapp_articlepage SET body = replace(body::text, %s, %s)::jsonb", [OLD, NEW])
    seen = watch_while_embedding(monkeypatch)
    call_command("update_vector_index", verbosity=0)
    assert seen
    assert not any(OLD in text for text in seen)
    assert NEW in shown()


def test_a_restriction_of_the_whole_site_empties_every_search(page):
    PageViewRestriction.objects.bulk_create(
        [PageViewRestriction(page=Page.get_first_root_node(), restriction_type="login")]
    )
    assert [list(Page.objects.search("birds", backend=name)) for name in ("hybrid", "semantic", "keyword")] == [[]] * 3
