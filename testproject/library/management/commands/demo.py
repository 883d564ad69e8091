"""From nothing to a site to try: database, pages, index, an administrator, and a server."""

from __future__ import annotations

import secrets
import signal
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection

from testproject import address
from wagtail_vector_search.management.terminal import DatabaseCommand
from wagtail_vector_search.status import get_status

from ...models import HomePage

ADMIN = "admin"


class Command(DatabaseCommand):
    """Prepares the demo site and serves it; what is there already stays as it is."""

    help = "Prepare the demo site (database, pages, index, administrator) and serve it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        address.add_arguments(parser)
        parser.add_argument("--reset-password", action="store_true", help="Give the administrator a new password.")

    def handle(self, **options: Any) -> None:
        """Do every step in turn."""
        # Stopping in any way runs the exit handlers, which stop the embedded database.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        if not options["prepare_only"] and (obstacle := address.find_obstacle(options["host"], options["port"])):
            raise CommandError(obstacle)
        self._step("Database", f"{connection.vendor}, {connection.settings_dict['HOST'] or 'local'}")
        call_command("migrate", verbosity=0)
        self._make_pages()
        self._make_index()
        password = self._make_administrator(reset=options["reset_password"])
        self._say_where(options["host"], options["port"], password)
        if not options["prepare_only"]:
            self.stdout.write("Serving; Ctrl-C stops.")
            # Reloading would fork a second process, which Ctrl-C may leave behind.
            call_command("runserver", f"{options['host']}:{options['port']}", use_reloader=False)

    def _make_pages(self) -> None:
        from ...content.site import build_site, read_contents

        if HomePage.objects.exists():
            self._step("Pages", "already there")
            return
        self._step("Pages", "reading Python's manual and standard library, 900 pages: 10 to 30 seconds")
        build_site(read_contents())
        call_command("update_index", backend_name="default", verbosity=0)

    def _make_index(self) -> None:
        if get_status().problems:
            self._step("Index", "counting the words and embedding the text of all pages: 10 to 30 seconds")
            call_command("update_vector_index")
        else:
            self._step("Index", "complete (to compare it with every page: python manage.py update_vector_index)")
            call_command("process_vector_queue", quiet=True)

    def _make_administrator(self, *, reset: bool) -> str | None:
        """Return the administrator's password where a new one was made; only its hash is kept."""
        user, created = get_user_model().objects.get_or_create(
            username=ADMIN, defaults={"is_superuser": True, "is_staff": True}
        )
        if not (created or reset):
            return None
        password = secrets.token_urlsafe(12)
        user.set_password(password)
        user.save()
        return password

    def _say_where(self, host: str, port: int, password: str | None) -> None:
        site = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}"  # noqa: S104
        shown = password or "printed when it was made; for a new one: make demo ARGS=--reset-password"
        self.stdout.write("")
        self._step("Site", f"{site}/")
        self._step("Admin", f"{site}/admin/")
        self._step("User", ADMIN)
        self._step("Password", shown)
        self.stdout.write("")

    def _step(self, name: str, text: str = "") -> None:
        self.stdout.write(f"{self.style.MIGRATE_HEADING(f'{name:<9}')} {text}".rstrip())
        self.stdout.flush()
