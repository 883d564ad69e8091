"""pgvector made by a database administrator, in a schema of its own, and roles that may not do everything."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection
from wagtail.models import Page

from tests.tally import tally
from tests.testapp.models import ArticlePage
from wagtail_vector_search import checks
from wagtail_vector_search.indexing import update
from wagtail_vector_search.indexing.worker import process
from wagtail_vector_search.ranking import constants
from wagtail_vector_search.retrieval import related_pages
from wagtail_vector_search.status import get_status

from .snapshots import assert_index_equals_one_built_from_scratch

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "of_a_test"


@pytest.fixture
def migrate_as(bare_database, connect_default):
    """Return a function that connects as a role, with its settings, and migrates."""

    def migrate(**changes):
        connect_default(**{**bare_database.address, "NAME": NAME, **changes})
        call_command("migrate", "wagtail_vector_search", verbosity=0)

    return migrate


@pytest.fixture
def role(bare_database):
    """Return a function that creates a role without any right, and gives it some."""
    made = []

    def create(name, *grants):
        bare_database.execute(f"CREATE ROLE {name} LOGIN")
        made.append(name)
        for grant in grants:
            bare_database.execute(grant, NAME)
        return name

    yield create
    for name in made:
        bare_database.execute(f"DROP OWNED BY {name} CASCADE", NAME)
        bare_database.execute(f"DROP ROLE {name}")


def go_through_everything(make_article, build_index, monkeypatch):
    monkeypatch.setattr(update, "MIN_PAGES", 1)
    page, *_ = (make_article("Bread", "Loaves."), make_article("Sailing", "The sea."), make_article("Rye", "Loaves."))
    build_index()
    page.introduction = "Mountains."
    page.save_revision().publish()
    process()
    assert titles("mountains") == ["Bread"]
    ArticlePage.objects.filter(pk=page.pk).update(introduction="Valleys.")
    call_command("update_vector_index", quiet=True)
    assert titles("valleys") == ["Bread"]
    assert "Sailing" in [p.title for p in Page.objects.search("the sea", backend="hybrid")]
    with monkeypatch.context() as walking:
        for limit in ("EXACT_SCAN_AT_LEAST", "EXACT_SCAN_PER_ROOT"):
            walking.setattr(constants, limit, 0)
        walking.setattr(constants, "MAX_CHUNKS", 2)
        assert not Page.objects.search("the sea", backend="semantic").degraded
    assert related_pages(page)
    page.unpublish()
    assert titles("valleys") == []
    assert get_status().problems == []
    call_command("update_vector_index", rebuild=True, quiet=True)
    assert_index_equals_one_built_from_scratch()


def titles(words):
    return [page.title for page in Page.objects.search(words, backend="keyword")]


def test_pgvector_in_a_schema_that_is_on_the_search_path(
    bare_database, migrate_as, make_article, build_index, monkeypatch
):
    bare_database.execute("CREATE SCHEMA extensions; CREATE EXTENSION vector SCHEMA extensions", NAME)
    bare_database.execute(f'ALTER DATABASE "{NAME}" SET search_path = public, extensions')
    migrate_as()
    go_through_everything(make_article, build_index, monkeypatch)
    tally("ways to install the extension")


def test_pgvector_in_a_schema_that_is_not_on_the_search_path(
    bare_database, migrate_as, make_article, build_index, monkeypatch
):
    bare_database.execute('CREATE SCHEMA "Its own"; CREATE EXTENSION vector SCHEMA "Its own"', NAME)
    with pytest.raises(CommandError) as raised:
        migrate_as()
    assert 'in the schema "Its own", which is not on the search_path of the role postgres' in str(raised.value)
    with connection.cursor() as cursor:  # nothing has been migrated half
        cursor.execute("SELECT to_regclass('wagtail_vector_search_generation')")
        assert cursor.fetchone() == (None,)
    (statement,) = re.findall("ALTER ROLE .*;", str(raised.value))
    bare_database.execute(statement, NAME)
    migrate_as()
    go_through_everything(make_article, build_index, monkeypatch)
    bare_database.execute(f"ALTER ROLE postgres IN DATABASE {NAME} RESET search_path")
    tally("ways to install the extension")


def test_the_checks_and_the_status_say_the_same(bare_database, migrate_as, connect_default):
    migrate_as()
    bare_database.execute("CREATE SCHEMA extensions; ALTER EXTENSION vector SET SCHEMA extensions", NAME)
    (message,) = checks.check_database(databases=["default"])
    assert (message.id, "ALTER ROLE postgres" in str(message.hint)) == ("wagtail_vector_search.E010", True)
    (problem,) = get_status().problems
    assert "extensions, which is not on the search_path" in problem


def test_a_role_that_may_not_create_the_extension_is_told_what_to_have_run(bare_database, migrate_as, role):
    owner = role("owner", OWN_EVERYTHING.format(role="owner"), "GRANT ALL ON SCHEMA public TO owner")
    with pytest.raises(CommandError) as raised:
        migrate_as(USER=owner)
    assert "The role owner may not create the extension pgvector (permission denied" in str(raised.value)
    (statement,) = re.findall("CREATE EXTENSION vector;", str(raised.value))
    bare_database.execute(statement, NAME)
    migrate_as(USER=owner)
    assert checks.check_database(databases=["default"])[0].id == "wagtail_vector_search.W004"  # not built yet
    call_command("migrate", "wagtail_vector_search", "zero", verbosity=0)  # which leaves the extension alone
    tally("ways to install the extension")


def test_a_role_that_may_not_create_it_in_a_test_database_is_told_of_template1(
    bare_database, migrate_as, role, connect_default, settings
):
    owner = role("owner", OWN_EVERYTHING.format(role="owner"), "GRANT ALL ON SCHEMA public TO owner")
    with pytest.raises(CommandError) as raised:
        migrate_as(USER=owner)
    assert "template1" not in str(raised.value)
    of_tests = {**connection.settings_dict["TEST"], "NAME": NAME}
    for migrations in ({}, {"testapp": None}):  # which has a vector table, too
        settings.MIGRATION_MODULES = migrations
        with pytest.raises(CommandError) as raised:
            migrate_as(USER=owner, TEST=of_tests)
        assert "CREATE EXTENSION vector;" in str(raised.value)
        assert "run in template1 instead" in str(raised.value)
        assert "--reuse-db" in str(raised.value)


def test_a_service_that_does_not_allow_the_extension_is_quoted_and_not_shown_as_a_traceback(bare_database, migrate_as):
    bare_database.execute(REFUSE_AS_A_MANAGED_SERVICE_DOES, NAME)
    with pytest.raises(CommandError, match=r'extension "vector" is not allow-listed.*\n.*CREATE EXTENSION vector;'):
        migrate_as()


REFUSE_AS_A_MANAGED_SERVICE_DOES = """
CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'extension "vector" is not allow-listed' USING ERRCODE = '0A000';
END $$;
CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('CREATE EXTENSION') EXECUTE FUNCTION refuse();
"""

OWN_EVERYTHING = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE 'ALTER TABLE ' || name || ' OWNER TO {role}';
    END LOOP;
END $$
"""

USE_EVERYTHING = "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"


@pytest.fixture
def visitor(bare_database, migrate_as, role, connect_default):
    """The site runs as a role that owns nothing, and may only read and write rows."""
    migrate_as()
    role("visitor", USE_EVERYTHING.format(role="visitor"), "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO visitor")
    connect_default(**{**bare_database.address, "NAME": NAME, "USER": "visitor"})
    with pytest.raises(ProgrammingError, match="denied"), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE anything ()")
    return bare_database


def test_a_role_that_may_only_read_and_write_rows(visitor, make_article, build_index, monkeypatch):
    go_through_everything(make_article, build_index, monkeypatch)


def test_a_role_without_the_right_says_what_the_owner_must_do_about_the_hnsw_index(visitor, make_article, caplog):
    visitor.execute("DROP INDEX wvs_embedding256_hnsw", NAME)
    make_article("Bread", "Loaves.")
    call_command("update_vector_index", quiet=True)
    (statement,) = re.findall("CREATE INDEX CONCURRENTLY .*;", caplog.text)
    assert "Have the owner of the table run" in caplog.text
    assert "Traceback" not in caplog.text
    assert titles("loaves") == ["Bread"]
    assert [problem for problem in get_status().problems if "HNSW" in problem]
    visitor.execute(statement, NAME)
    assert get_status().problems == []
    call_command("update_vector_index", stdout=StringIO())


def test_an_owner_who_may_not_create_indexes_does_not_drop_one(
    bare_database, migrate_as, role, connect_default, make_article, build_index, monkeypatch
):
    """Since PostgreSQL 15 not everybody may create in the schema public; a table may still be theirs."""
    monkeypatch.setattr(update, "MIN_PAGES", 1)
    migrate_as()
    role("owner", OWN_EVERYTHING.format(role="owner"))
    connect_default(**{**bare_database.address, "NAME": NAME, "USER": "owner"})
    make_article("Bread", "Loaves.")
    build_index()
    assert get_status().problems == []


def test_a_role_that_may_only_read_can_search(visitor, role, connect_default, make_article, build_index):
    make_article("Bread", "Loaves.")
    build_index()
    role("reader", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    connect_default(**{**visitor.address, "NAME": NAME, "USER": "reader"})
    results = Page.objects.search("loaves", backend="hybrid")
    assert next(page.title for page in results) == "Bread"
    assert not results.degraded
    assert get_status().problems == []
