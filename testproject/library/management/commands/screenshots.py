"""The pictures of the documentation, taken from the demo site."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from testproject.chromium import CHROMIUM


class Command(BaseCommand):
    """Prepares the demo site, takes the pictures, and leaves the site as it was."""

    help = "Take the screenshots of the documentation from the demo site. Needs Chromium."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("names", nargs="*", help="Which to take, such as admin-lab (default: all).")
        folder = Path(settings.BASE_DIR) / "docs" / "images"
        parser.add_argument("--folder", type=Path, default=folder, help="Where to write them (default: docs/images).")

    def handle(self, **options: Any) -> None:
        """Do every step in turn.

        Raises:
            CommandError: there is no Chromium, no Playwright, or no such picture.
        """
        if CHROMIUM is None:
            raise CommandError("No Chromium found. On Debian and Ubuntu: apt install chromium")
        try:
            from testproject.screenshots import shots, staging, taking
        except ImportError as error:
            raise CommandError(f"{error}. What the screenshots need is installed by: make install") from error
        names = options["names"] or list(shots.SHOTS)
        if unknown := set(names) - set(shots.SHOTS):
            raise CommandError(f"No such picture: {', '.join(sorted(unknown))}. There are: {', '.join(shots.SHOTS)}")
        call_command("demo", prepare_only=True, stdout=self.stdout)
        # Playwright runs an event loop in this thread, so Django takes all code here for asynchronous.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        with staging.staged() as stage:
            for file in taking.take(names, stage, options["folder"]):
                self.stdout.write(f"{file.name}: {file.stat().st_size:,} bytes")
