"""Keys, addresses, queries and vectors are nowhere but where they must be."""

import io
import json
import logging
import pprint
import re
import sys
import traceback
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter
from wagtail.models import Page

from tests.tally import tally
from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.exceptions import ProviderError, VectorSearchError
from wagtail_vector_search.generations.writable import get_writable_generations
from wagtail_vector_search.health import WORKER
from wagtail_vector_search.indexing.worker import process
from wagtail_vector_search.models import Entry, Generation
from wagtail_vector_search.privacy import Options, is_private, private_values
from wagtail_vector_search.providers import BaseEmbeddingProvider, get_provider_for
from wagtail_vector_search.retrieval import rank_pages
from wagtail_vector_search.status import get_status

from .leaky import FAILURES, HOST, KEY, OPTIONS, PASSWORD, SECRETS, TOKEN, URL, LeakyProvider

pytestmark = pytest.mark.django_db

QUERY = "my strictly private illness"
TEXT = "The merger with Initech will be announced on Friday at noon."
NUMBERS = re.compile(r"(?:-?\d+\.\d+(?:e-?\d+)?[,\s]+){8}")


@pytest.fixture(autouse=True)
def all_logs(caplog, monkeypatch):
    monkeypatch.setattr("wagtail_vector_search.indexing.bulk.BULK", WORKER)
    caplog.set_level(logging.DEBUG)
    cache.clear()
    yield caplog
    LeakyProvider.failure = None


@pytest.fixture
def leaky(configure, make_article, build_index):
    """A site that a provider with a key has indexed."""
    configure(PROVIDER="tests.security.leaky.LeakyProvider", OPTIONS=OPTIONS, QUERY_DEADLINE=30)
    make_article("Merger", TEXT)
    build_index()


def fail(failure):
    LeakyProvider.failure = staticmethod(failure) if failure else None


def our_tables():
    ours = [*apps.get_app_config("wagtail_vector_search").get_models(include_auto_created=True)]
    return [model._meta.db_table for model in ours]


def stored():
    """Return every row of every table of ours as text."""
    with connection.cursor() as cursor:
        texts = {}
        for table in our_tables():
            cursor.execute(f"SELECT coalesce(string_agg(row::text, chr(10)), '') FROM \"{table}\" AS row")
            (texts[table],) = cursor.fetchone()
    return texts


def run(*command):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*command, stdout=out, stderr=err, no_color=True)
    except (CommandError, SystemExit, VectorSearchError) as error:
        err.write("".join(traceback.format_exception(error)))
    return out.getvalue() + err.getvalue()


def edit_search_and_look():
    """Publish, index, search, and ask for the status; return all that was said."""
    page = Page.objects.get(title="Merger").specific
    page.introduction = f"{page.introduction} Edited."
    page.save_revision().publish()
    process()
    for backend in ("hybrid", "semantic"):
        results = Page.objects.search(QUERY, backend=backend)
        list(results)
    said = [run("update_vector_index", "--rebuild"), run("vector_search_status"), run("vector_search_status", "--json")]
    said += [run("vector_search", QUERY), run("vector_search", QUERY, "--json"), run("check", "--database", "default")]
    said += [str(message) + str(message.hint) for message in run_checks(databases=["default"])]
    return "\n".join([*said, json.dumps(get_status().as_dict(), default=str), repr(get_status())])


def assert_nowhere(secrets, said, caplog):
    places = {"commands": said, "logs": caplog.text, **stored()}
    found = [(secret, place) for place, text in places.items() for secret in secrets if secret in text]
    assert found == []


def test_a_working_provider_leaves_its_key_and_its_address_nowhere(leaky, all_logs):
    tally("places searched for secrets", len(our_tables()) + 2)
    assert_nowhere(SECRETS, edit_search_and_look(), all_logs)


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_failing_provider_leaves_them_nowhere_and_its_errors_quote_no_page(leaky, all_logs, failure):
    tally("places searched for secrets", len(our_tables()) + 2)
    fail(failure)
    said = edit_search_and_look()
    errors = "\n".join(Entry.objects.values_list("last_error", flat=True))
    assert errors.strip()
    assert_nowhere(SECRETS, said, all_logs)
    assert "Initech" not in errors + all_logs.text + stored()["wagtail_vector_search_searchevent"]


@pytest.mark.parametrize("failure", [None, *FAILURES.values()], ids=["none", *FAILURES])
def test_a_query_is_neither_stored_nor_logged(leaky, all_logs, failure):
    tally("places searched for queries", len(our_tables()) + 2)
    fail(failure)
    for query in (QUERY, QUERY.upper(), f"{QUERY} \x00", "HIV"):
        for backend in ("hybrid", "semantic", "keyword"):
            list(Page.objects.search(query, backend=backend))
    everything = "\n".join([all_logs.text, *stored().values(), repr(local_memory()._cache), repr(cached())])
    assert not [word for word in ("illness", "ILLNESS", "private illness", "HIV") if word in everything]


def local_memory() -> Any:
    """Return the cache that Django keeps in a process by default, whose inside no type describes."""
    return LocMemCache("", {})


def cached():
    return {key: cache.get(key.partition(":1:")[2]) for key in list(local_memory()._cache)}


def test_the_cache_holds_a_keyed_hash_and_a_vector_that_expires(leaky, settings):
    list(Page.objects.search(QUERY, backend="hybrid"))
    ((key, expires),) = local_memory()._expire_info.items()
    assert re.fullmatch(r":1:wagtail_vector_search:[0-9a-f]{64}", key)
    assert expires is not None
    assert re.fullmatch(r"\[[-+\d.,e]+\]", cached()[key])
    settings.SECRET_KEY = "another"
    list(Page.objects.search(QUERY, backend="hybrid"))
    assert len(local_memory()._cache) == 2


@pytest.mark.parametrize(
    "value", ["", "[]", "[1,2]", "'; DROP TABLE x; --", "[nan]", 5, b"x", ["x"], "[" + "1e999," * 255 + "1]"]
)
def test_what_somebody_else_puts_into_the_cache_is_not_believed(leaky, value):
    list(Page.objects.search(QUERY, backend="hybrid"))
    (key,) = local_memory()._cache
    cache.set(key.partition(":1:")[2], value)
    results = Page.objects.search(QUERY, backend="hybrid")
    assert [page.title for page in results][:1] == ["Merger"]
    assert results.degraded is False


# Errors as they travel.


def chain_of(error):
    """Return what a log or a page may print of an error: messages, notes, causes, and the variables of its frames."""
    texts, seen = [], set()
    while error and id(error) not in seen:
        seen.add(id(error))
        texts += [repr(error), str(error), *getattr(error, "__notes__", ()), repr(vars(error))]
        texts.append("".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()))
        error = error.__cause__ or error.__context__
    return "\n".join(texts)


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("method", ["embed_documents", "embed_query"])
def test_an_error_of_a_provider_gives_nothing_away(leaky, failure, method):
    tally("errors searched for secrets")
    fail(failure)
    with pytest.raises(ProviderError) as caught:
        getattr(get_provider_for(get_index_settings()), method)([TEXT] if method == "embed_documents" else TEXT)
    # Frames of the tests hold the failure itself, and those above the provider the text; what matters is the key.
    said = chain_of(caught.value)
    assert not [secret for secret in SECRETS if secret in said]
    assert TEXT not in str(caught.value) + "".join(caught.value.__notes__ if hasattr(caught.value, "__notes__") else ())
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_a_provider_that_cannot_be_made_gives_nothing_away(configure):
    configure(PROVIDER="tests.security.leaky.RefusingProvider", OPTIONS=OPTIONS)
    with pytest.raises(ProviderError) as caught:
        get_provider_for(get_index_settings())
    said = chain_of(caught.value) + run("check", "--database", "default")
    assert not [secret for secret in SECRETS if secret in said]


def test_the_width_of_a_model_may_fail_too(configure, monkeypatch):
    configure(PROVIDER="tests.security.leaky.LeakyProvider", OPTIONS=OPTIONS)
    provider = get_provider_for(get_index_settings())
    monkeypatch.setattr(type(provider), "_load_dimensions", lambda _: FAILURES["an error with a cause"]([TEXT]))
    monkeypatch.setattr(provider, "_dimensions", None)
    with pytest.raises(ProviderError) as caught:
        _ = BaseEmbeddingProvider.dimensions.fget(provider)  # type: ignore[attr-defined]
    assert not [secret for secret in SECRETS if secret in chain_of(caught.value)]


# What is printed.


def test_nothing_private_is_printed_of_settings_providers_and_targets(leaky):
    index_settings = get_index_settings()
    (writable,) = get_writable_generations("default")
    ranking = rank_pages(QUERY, Page.objects.all())
    things = [
        index_settings,
        get_provider_for(index_settings),
        writable,
        writable.generation,
        ranking,
        ranking.passages,
    ]
    for thing in things:
        tally("places searched for secrets")
        said = repr(thing) + str(thing) + pprint.pformat(thing)
        assert not [secret for secret in SECRETS if secret in said]
        assert not NUMBERS.search(said)


def test_options_print_what_is_harmless():
    options = Options({"max_batch_tokens": 9, "headers": {"Accept": "json"}, "key": KEY, "hosts": [URL]})
    assert repr(options) == (
        "{'max_batch_tokens': 9, 'headers': {'Accept': 'json'}, 'key': '[removed]', 'hosts': '[removed]'}"
    )
    assert options["key"] == KEY


@pytest.mark.parametrize(
    ("name", "value", "private"),
    [
        ("key", "x", True), ("api_key", "x", True), ("Authorization", "x", True), ("password", "x", True),
        ("base_url", "x", True), ("endpoint", "x", True), ("any", "https://x", True), ("list", [{"key": "x"}], True),
        ("max_batch_tokens", 5, False), ("document_prefix", "passage: ", False), ("headers", {"Accept": "x"}, False),
    ],
)  # fmt: skip
def test_options_that_are_private(name, value, private):
    assert is_private(name, value) is private


def test_private_values_are_found_wherever_they_stand():
    assert {KEY, URL, TOKEN, PASSWORD, HOST} <= set(private_values(OPTIONS))
    assert "json" not in private_values(OPTIONS)


@pytest.mark.parametrize("debug", [True, False])
def test_the_error_page_of_a_search_shows_no_key(leaky, settings, monkeypatch, debug):
    settings.DEBUG = debug
    monkeypatch.setattr("wagtail_vector_search.retrieval.rank.keyword_statement", lambda *_: 1 / 0)
    try:
        list(Page.objects.search(QUERY, backend="hybrid"))
    except ZeroDivisionError:
        reporter = ExceptionReporter(RequestFactory().get("/"), *sys.exc_info())
        html, text = reporter.get_traceback_html(), reporter.get_traceback_text()
    assert "prepare" in html
    frames = (
        html.partition('id="requestinfo"')[0]
        if 'id="requestinfo"' in html
        else html.partition("Request information")[0]
    )
    assert not [secret for secret in SECRETS if secret in frames]
    assert KEY not in html + text
    assert TOKEN not in html + text


def test_django_hides_keys_in_settings_but_not_passwords_in_addresses(leaky):
    shown = SafeExceptionReporterFilter().get_safe_settings()["WAGTAIL_VECTOR_SEARCH"]["default"]["OPTIONS"]
    assert KEY not in repr(shown)
    assert TOKEN not in repr(shown)
    assert PASSWORD in repr(shown)  # which is why the documentation says to keep passwords out of addresses


def test_migrations_hold_nothing_of_the_settings(leaky):
    said = run("makemigrations", "--check", "--dry-run", "wagtail_vector_search") + run(
        "sqlmigrate", "wagtail_vector_search", "0001"
    )
    assert not [secret for secret in SECRETS if secret in said]


@pytest.mark.parametrize("name", [f"postgresql://bob:{PASSWORD}@db/site", f"dbname=site password={PASSWORD}"])
def test_the_password_of_a_database_is_not_in_the_status(monkeypatch, name):
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", PASSWORD)
    monkeypatch.setitem(connection.settings_dict, "NAME", name)
    monkeypatch.setitem(connection.settings_dict, "HOST", f"postgresql://bob:{PASSWORD}@db")
    said = run("vector_search_status") + run("vector_search_status", "--json") + repr(get_status())
    assert PASSWORD not in said


# Vectors.


def test_vectors_are_no_attribute_of_results_pages_or_templates(leaky):
    results = Page.objects.search(QUERY, backend="hybrid")
    reached = list(public_values(results.ranking)) + [value for page in results for value in public_values(page)]
    assert len(reached) > 20
    assert not [value for value in reached if NUMBERS.search(str(value))]
    with pytest.raises(TemplateSyntaxError):
        Template("{{ results.ranking.passages._vector }}").render(Context({"results": results}))


def public_values(thing, depth=0):
    """Yield what a template can reach of a value by names."""
    for name, value in (vars(thing) if hasattr(thing, "__dict__") else slots_of(thing)).items():
        if not name.startswith("_"):
            yield value
            if depth < 3 and type(value).__module__.startswith("wagtail_vector_search"):
                yield from public_values(value, depth + 1)


def slots_of(thing):
    return {name: getattr(thing, name) for name in getattr(type(thing), "__slots__", ())}


def test_vectors_are_in_no_log_and_no_output(leaky, all_logs):
    said = edit_search_and_look()
    assert not NUMBERS.search(said)
    assert not NUMBERS.search(all_logs.text)


def test_our_tables_are_in_no_admin_and_no_permission_is_about_their_rows():
    ours = set(apps.get_app_config("wagtail_vector_search").get_models())
    assert not ours & set(admin.site._registry)
    permissions = Permission.objects.filter(content_type__app_label="wagtail_vector_search")
    assert set(permissions.values_list("codename", flat=True)) == {
        "view_search_report",
        "reindex_pages",
        "use_search_lab",
        "search_as_others",
    }
    assert all(getattr(model, "wagtail_reference_index_ignore", False) for model in ours)


def test_a_generation_keeps_no_key_and_no_address(leaky):
    configuration = json.dumps(Generation.objects.get().configuration)
    assert not [secret for secret in SECRETS if secret in configuration]
    assert '"Accept": "json"' in configuration


def test_the_setting_is_read_and_never_changed(leaky):
    options: object = django_settings.WAGTAIL_VECTOR_SEARCH["default"]["OPTIONS"]
    assert options is OPTIONS
    assert OPTIONS["key"] == KEY
