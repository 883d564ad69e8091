"""django-tenants: each tenant has a schema of its own, which the connection sets the search_path to."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from wagtail.models import Page

from tests.ecosystem.tenants.models import Client
from tests.ecosystem.truth import assert_index_tells_the_truth, found
from tests.testapp.models import ArticlePage
from wagtail_vector_search.health.events import record
from wagtail_vector_search.models import SearchEvent

TEXTS = {"north": "The velodrome opens at nine.", "south": "Strawberries and marzipan."}


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture(scope="module", autouse=True)
def _database(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def refusal(_database):
    """What the second tenant's migration says where no developer has created the extension before the first one's."""
    Client(schema_name="north").save(verbosity=0)
    with pytest.raises(CommandError) as refused, transaction.atomic():
        Client(schema_name="south").save(verbosity=0)
    Client.deactivate()
    return str(refused.value)


@pytest.fixture(scope="module")
def tenants(refusal):
    """Two tenants with a page each, after what that message says has been typed."""
    run("ALTER EXTENSION vector SET SCHEMA public")
    Client(schema_name="south").save(verbosity=0)
    tenants = {tenant.schema_name: tenant for tenant in Client.objects.all()}
    for name, text in TEXTS.items():
        with tenants[name]:
            Page.objects.get(depth=2).add_child(instance=ArticlePage(title=name, introduction=text))
            call_command("update_vector_index", quiet=True)
    return tenants


def titles(query):
    return [page.title for page in Page.objects.live().search(query, backend="keyword")]


@pytest.mark.django_db  # without such a test no database would be made
def test_an_extension_in_the_schema_of_one_tenant_stops_the_others_and_the_message_says_how_to_move_it(refusal):
    assert "pgvector is installed in the schema north" in refusal
    assert "ALTER EXTENSION vector SET SCHEMA public" in refusal


def test_each_tenant_has_an_index_of_its_own_that_follows_publishing(tenants):
    for name, tenant in tenants.items():
        with tenant:
            assert [word for word in ("velodrome", "marzipan") if found(word)] == [
                word for word in ("velodrome", "marzipan") if word in TEXTS[name]
            ]
            page = ArticlePage.objects.get()
            page.introduction += " Ask the caretaker."
            page.save_revision().publish()
            assert titles("caretaker") == [name]
            assert_index_tells_the_truth()


def test_words_are_corrected_to_those_of_the_tenant_whichever_is_asked_first(tenants):
    with tenants["north"]:
        assert titles("velodrmoe") == ["north"]
        assert titles("marzipn") == []
    with tenants["south"]:
        assert titles("marzipn") == ["south"]
        assert titles("velodrmoe") == []


def test_old_events_of_searches_are_deleted_for_each_tenant(tenants):
    for tenant in tenants.values():
        with tenant:
            record(SearchEvent.Kind.DEGRADED, "default", seconds=-3 * 24 * 60 * 60)
            call_command("update_vector_index", quiet=True)
            assert not SearchEvent.objects.exists()


def test_in_the_schema_public_commands_say_that_they_are_to_be_run_for_a_tenant(tenants):
    with tenants["north"]:
        assert titles("velodrome") == ["north"]
    with pytest.raises(CommandError, match="tenant_command update_vector_index --schema=NAME"):
        call_command("update_vector_index", quiet=True)


def test_the_command_for_a_tenant_is_the_one_of_django_tenants(tenants):
    with tenants["south"]:
        Page.objects.filter(title="south").update(title="Pastries", draft_title="Pastries")
    call_command("tenant_command", "update_vector_index", "--quiet", schema_name="south")
    with tenants["south"]:
        assert titles("pastries") == ["Pastries"]
