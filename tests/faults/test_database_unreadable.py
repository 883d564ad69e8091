"""Tables, rights or the extension are missing: editors go on, visitors get Wagtail's results, and the cure is named."""

import logging
import os
import re
import subprocess
import sys
from contextlib import nullcontext
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection, transaction
from django.urls import reverse
from django.utils.html import escape
from wagtail.models import Page, PageViewRestriction

from tests.tally import tally
from tests.testapp.models import ArticlePage
from wagtail_vector_search import checks
from wagtail_vector_search.database.obstacles import Cause, find_obstacle, our_tables
from wagtail_vector_search.models import Entry
from wagtail_vector_search.retrieval import related_pages
from wagtail_vector_search.status import get_status

from .snapshots import assert_index_equals_one_built_from_scratch

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "of_a_test"
OURS = ", ".join(model._meta.db_table for model in our_tables())

#: What a search does not read.
NOT_READ = "ALTER TABLE wagtail_vector_search_entry DROP COLUMN skip_reason"

#: What is done to the database -> why it cannot be searched then.
BREAKAGES = {
    "DROP TABLE wagtail_vector_search_embedding256": Cause.INCOMPLETE,
    "DROP TABLE wagtail_vector_search_entryterms": Cause.INCOMPLETE,
    "DROP TABLE wagtail_vector_search_entry": Cause.INCOMPLETE,
    "DROP TABLE wagtail_vector_search_searchevent": Cause.INCOMPLETE,
    "DROP TABLE wagtail_vector_search_generation CASCADE": Cause.INCOMPLETE,
    f"DROP TABLE {OURS}": Cause.INCOMPLETE,
    NOT_READ: Cause.INCOMPLETE,
    "ALTER TABLE wagtail_vector_search_generation DROP COLUMN page_count": Cause.INCOMPLETE,
    "DROP EXTENSION vector CASCADE": Cause.NOT_CREATED,
    "CREATE SCHEMA hidden; ALTER EXTENSION vector SET SCHEMA hidden": Cause.HIDDEN,
}


@pytest.fixture
def bread(own_database, make_article, build_index):
    """A site with an index, in a database that may be broken."""
    call_command("migrate", verbosity=0)
    page, other = make_article("Bread", "Loaves come from an oven."), make_article("Sailing", "The boat and the sea.")
    build_index()
    return page, other


@pytest.fixture(params=BREAKAGES, ids=lambda statement: statement[:60])
def broken(request, bread, own_database):
    """The same, broken."""
    tally("databases broken")
    own_database.execute(request.param, NAME)
    return request.param


@pytest.mark.parametrize("in_a_transaction", [False, True], ids=["autocommit", "atomic requests"])
def test_editors_go_on(broken, bread, home, make_article, in_a_transaction):
    page, other = bread

    def edit():
        page.introduction = "Mountains."
        page.save_revision().publish()
        restriction = PageViewRestriction.objects.create(page=other, restriction_type="login")
        restriction.delete()
        new = make_article("Rye", "Loaves.")
        new.move(other, pos="last-child")
        new.refresh_from_db()
        new.delete()
        page.unpublish()
        Page.objects.get(pk=other.pk).delete()
        home.refresh_from_db()

    with transaction.atomic() if in_a_transaction else nullcontext():
        edit()
    assert list(ArticlePage.objects.values_list("title", "introduction", "live")) == [("Bread", "Mountains.", False)]


def test_visitors_get_an_answer(broken, bread):
    for in_a_transaction in (False, True):
        for backend in ("hybrid", "semantic", "keyword"):
            with transaction.atomic() if in_a_transaction else nullcontext():
                results = Page.objects.search("bread", backend=backend)
                assert results[0].title == "Bread"
                related_pages(bread[0])
                assert Page.objects.count()  # the transaction goes on
            if backend == "hybrid" and broken != NOT_READ:
                assert results.degraded_reason == "index_unreadable"


@pytest.mark.parametrize("atomic_requests", [False, True], ids=["autocommit", "atomic requests"])
def test_no_page_of_the_admin_fails_and_the_home_page_names_the_cure(
    broken, bread, django_user_model, client, atomic_requests, connect_default, own_database
):
    connect_default(**{**own_database.address, "NAME": NAME, "ATOMIC_REQUESTS": atomic_requests})
    Page.objects.search("bread", backend="hybrid").count()
    client.force_login(django_user_model.objects.create_superuser("super", "super@example.com", "password"))
    page = bread[0].pk
    for name, arguments, query in (
        ("report", [], ""),
        ("report_results", [], ""),
        ("lab", [], "?query=bread"),
        ("editor_page", [page], ""),
        ("editor_question", [page], "?query=bread"),
        ("editor_draft", [page], ""),
        ("related", [page], "?value={}&limit=5"),
        ("suggested_pages", [], f"?page_id={page}"),
    ):
        response = client.get(reverse(f"wagtail_vector_search:{name}", args=arguments) + query)
        assert response.status_code in (200, 400, 405), name
    for address in (reverse("wagtailadmin_pages:edit", args=[page]), reverse("wagtailadmin_home")):
        response = client.get(address)
        assert response.status_code == 200
    obstacle = find_obstacle(connection)
    assert obstacle is not None
    assert escape(obstacle.remedy) in response.content.decode()


def test_without_the_chunks_pages_are_found_by_words_and_shown_without_passages(bread, own_database):
    own_database.execute("DROP TABLE wagtail_vector_search_embedding256", NAME)
    results = Page.objects.search("loaves", backend="hybrid")
    assert [(page.title, page.search_passage) for page in results] == [("Bread", None)]
    assert (results.degraded, results.degraded_reason) == (True, "index_unreadable")
    assert results.explain()


def test_status_checks_and_commands_name_the_cause_and_a_cure_that_helps(broken, own_database, make_article):
    obstacle = find_obstacle(connection)
    assert obstacle is not None
    assert obstacle.cause is BREAKAGES[broken]
    assert get_status().problems == [str(obstacle)]
    (message,) = checks.check_database(databases=["default"])
    assert (message.msg, message.hint) == (obstacle.said, obstacle.remedy)
    for command in ("update_vector_index", "process_vector_queue"):
        with pytest.raises(CommandError, match=re.escape(obstacle.remedy)):
            call_command(command, stdout=StringIO())
    for statement in re.findall(r"(?:ALTER|CREATE|GRANT) [^:]*;", obstacle.remedy):
        own_database.execute(statement, NAME)
    connection.close()
    for command, options in re.findall(r"manage\.py (\w+)((?: --[\w-]+)*)", obstacle.remedy):
        call_command(command, *options.split(), stdout=StringIO())
    assert find_obstacle(connection, writes=True) is None
    make_article("Rye", "Loaves of rye.")
    call_command("update_vector_index", quiet=True)
    assert get_status().problems == []
    results = Page.objects.search("rye", backend="hybrid")
    assert (results[0].title, results.degraded) == ("Rye", False)
    assert_index_equals_one_built_from_scratch()
    page = results[0]
    page.delete()
    assert not Entry.objects.exclude(page__in=Page.objects.all()).exists()
    own_database.execute("ALTER ROLE postgres IN DATABASE of_a_test RESET search_path", NAME)


def test_a_failure_is_logged_once_a_minute(bread, own_database, caplog):
    own_database.execute(f"DROP TABLE {OURS}", NAME)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            bread[0].save()
            list(Page.objects.search("bread", backend="hybrid"))
            related_pages(bread[0])
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("wagtail_vector_search")]
    assert len(lines) == len(set(lines)) == 4  # an edit, a search, its event, related pages
    assert 'relation "wagtail_vector_search_entry" does not exist' in "".join(lines)
    assert "python manage.py vector_search_status" in lines[0]
    assert "Traceback" not in caplog.text


@pytest.fixture
def role(bread, own_database):
    """A role that may do everything to Wagtail's tables, and only what is granted to ours."""
    own_database.execute("CREATE ROLE site LOGIN", NAME)
    own_database.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO site", NAME)
    own_database.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO site", NAME)
    own_database.execute(f"REVOKE ALL ON {OURS} FROM site", NAME)
    yield own_database
    own_database.execute("DROP OWNED BY site CASCADE", NAME)
    own_database.execute("DROP ROLE site")


@pytest.mark.parametrize("rights", ["nothing", "SELECT"])
def test_a_role_that_lacks_rights_is_told_what_to_grant(role, bread, connect_default, rights):
    page, other = bread
    if rights != "nothing":
        role.execute(f"GRANT {rights} ON {OURS} TO site", NAME)
    connect_default(**{**role.address, "NAME": NAME, "USER": "site"})
    page.introduction = "Mountains."
    page.save_revision().publish()
    page.unpublish()
    other.delete()
    assert [page.live for page in ArticlePage.objects.all()] == [False]
    results = Page.objects.search("home", backend="hybrid")
    assert [page.title for page in results] == ["Home"]
    assert results.degraded == (rights == "nothing")
    (problem,) = get_status().problems
    assert "The role site may not" in problem
    (message,) = checks.check_database(databases=["default"])
    assert message.id == "wagtail_vector_search.W007"
    (statement,) = re.findall("GRANT .*;", problem)
    role.execute(statement, NAME)
    assert find_obstacle(connection, writes=True) is None
    call_command("update_vector_index", quiet=True)
    assert get_status().problems == []


def test_an_extension_that_each_connection_hides_is_moved(bread, own_database, connect_default):
    """Where a project sets the search_path itself, as for tenants, what a role is set to does not count."""
    own_database.execute("CREATE SCHEMA hidden; ALTER EXTENSION vector SET SCHEMA hidden", NAME)
    connect_default(**{**own_database.address, "NAME": NAME, "OPTIONS": {"options": "-c search_path=public"}})
    (problem,) = get_status().problems
    assert "ALTER ROLE" not in problem
    (statement,) = re.findall("ALTER EXTENSION .*;", problem)
    own_database.execute(statement, NAME)
    assert get_status().problems == []


def test_an_extension_in_a_schema_that_the_role_may_not_use(role, connect_default):
    role.execute(f"GRANT ALL ON {OURS} TO site; CREATE SCHEMA hidden; ALTER EXTENSION vector SET SCHEMA hidden", NAME)
    role.execute("ALTER ROLE site IN DATABASE of_a_test SET search_path = public, hidden", NAME)
    connect_default(**{**role.address, "NAME": NAME, "USER": "site"})
    (problem,) = get_status().problems
    (statement,) = re.findall("GRANT .*;", problem)
    role.execute(statement, NAME)
    assert get_status().problems == []


@pytest.mark.parametrize("reason", ["lock_timeout", "statement_timeout"])
@pytest.mark.parametrize("in_a_transaction", [False, True], ids=["autocommit", "atomic requests"])
def test_a_table_that_another_session_has_locked_degrades_a_search(bread, reason, in_a_transaction, connect_default):
    """As a VACUUM FULL or a migration does; the first statement of a search meets it, too."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            other.set_autocommit(False)
            cursor.execute("LOCK TABLE wagtail_vector_search_generation IN ACCESS EXCLUSIVE MODE")
            with connection.cursor() as limited:
                limited.execute(f"SET {reason} = 100")  # as nothing before the search could tell
            with transaction.atomic() if in_a_transaction else nullcontext():
                results = Page.objects.search("bread", backend="hybrid")
                assert [page.title for page in results] == ["Bread"]
                assert results.degraded_reason == "database_timeout"
                assert related_pages(bread[0]) == []
        other.rollback()
    finally:
        other.close()
        connection.close()


@pytest.mark.parametrize("in_a_transaction", [False, True], ids=["autocommit", "atomic requests"])
def test_pages_whose_passages_take_too_long_come_without(bread, monkeypatch, in_a_transaction):
    monkeypatch.setattr("wagtail_vector_search.retrieval.loading._CHUNKS", "(SELECT '[]'::jsonb FROM pg_sleep(30))")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 200")
    with transaction.atomic() if in_a_transaction else nullcontext():
        results = Page.objects.search("bread", backend="hybrid")
        assert (results[0].title, results[0].search_passage) == ("Bread", None)
        assert results.degraded_reason == "database_timeout"
    connection.close()


def test_a_limit_that_an_editors_transaction_sets_itself_costs_no_edit(bread, own_database):
    """Nothing can know of it beforehand: so a savepoint is always made."""
    page, _ = bread
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            other.set_autocommit(False)
            cursor.execute(f"SELECT FROM {Entry._meta.db_table} WHERE page_id = %s FOR UPDATE", [page.pk])
            with transaction.atomic():
                with connection.cursor() as limited:
                    limited.execute("SET LOCAL lock_timeout = 100")
                page.introduction = "Mountains."
                page.save_revision().publish()
                assert Page.objects.count()
                other.rollback()
    finally:
        other.close()
    assert ArticlePage.objects.get(pk=page.pk).introduction == "Mountains."
    assert_index_equals_one_built_from_scratch()


def test_a_connection_that_is_gone_is_not_hidden(bread, own_database):
    own_database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'of_a_test' AND pid <> pg_backend_pid()"
    )
    with pytest.raises(DatabaseError):
        list(Page.objects.search("bread", backend="hybrid"))
    connection.close()


@pytest.mark.parametrize(
    ("changes", "said", "remedy"),
    [
        ({"HOST": "/nowhere"}, "No such file or directory", "Start PostgreSQL, or correct host and port."),
        ({"HOST": "127.0.0.1", "PORT": "1"}, "Connection refused", "Start PostgreSQL, or correct host and port."),
        ({"NAME": "missing"}, 'database "missing" does not exist', "Create it (createdb), or correct its name."),
        ({"USER": "missing_role"}, 'role "missing_role" does not exist', "Correct the user."),
        ({"OPTIONS": {"pgbouncer": "true"}}, 'invalid connection option "pgbouncer"', "Take that option out"),
    ],
)
def test_a_database_that_cannot_be_reached_is_described_in_one_line(
    own_database, connect_default, changes, said, remedy
):
    connect_default(**{**own_database.address, "NAME": NAME, **changes})
    with pytest.raises(CommandError) as raised:
        call_command("update_vector_index", stdout=StringIO())
    assert said in str(raised.value)
    assert remedy in str(raised.value)
    assert "\n" not in str(raised.value)
    assert get_status().problems == [str(raised.value)]
    output = StringIO()
    call_command("vector_search_status", stdout=output)
    assert "not PostgreSQL" not in output.getvalue()
    assert "cannot be reached" in output.getvalue()
    (message,) = checks.check_database(databases=["default"])
    assert (message.id, said in message.msg) == ("wagtail_vector_search.W002", True)
    for command in (["vector_search", "bread"], ["process_vector_queue"]):
        with pytest.raises(CommandError, match="cannot be reached"):
            call_command(*command, stdout=StringIO())


def test_a_wrong_password_is_told_and_not_shown(connect_default, monkeypatch):
    """The server of the tests asks for none."""
    connect_default(PASSWORD="topsecret")

    def refuse():
        raise OperationalError('FATAL:  password authentication failed for user "topsecret"\nmore')

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    obstacle = find_obstacle(connection)
    assert obstacle is not None
    assert obstacle.said.endswith('FATAL:  password authentication failed for user "[removed]"')
    assert "Correct the user or the password." in obstacle.remedy


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("postgres://site:topsecret@127.0.0.1:1/none", 'The database "default" cannot be reached: '),
        ("postgres://site:top/secret@127.0.0.1:1/none", "DATABASE_URL cannot be read"),
    ],
)
def test_the_demo_says_in_one_line_what_is_wrong_with_its_database(tmp_path, address, expected):
    environment = {**os.environ, "DATABASE_URL": address, "DATA_DIR": str(tmp_path), "SECRET_KEY": "x"}
    environment["DJANGO_SETTINGS_MODULE"] = "testproject.settings"
    done = subprocess.run(
        [sys.executable, "manage.py", "demo", "--prepare-only"],
        cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert expected in line
    assert "secret" not in done.stderr
