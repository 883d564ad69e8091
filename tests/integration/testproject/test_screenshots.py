"""The pictures of the documentation: all there, none too many, and the demo site as it was."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from testproject.screenshots import staging
from testproject.screenshots.shots import SHOTS
from testproject.screenshots.taking import MAX_BYTES
from wagtail_vector_search.models import Entry

ROOT = Path(__file__).resolve().parents[3]
IMAGES = ROOT / "docs" / "images"


def test_every_picture_is_there_is_shown_and_is_no_larger_than_allowed():
    texts = "".join(file.read_text() for file in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    shown = set(re.findall(r"images/([\w-]+)\.png\)", texts))
    assert shown == set(SHOTS) == {file.stem for file in IMAGES.glob("*.png")}
    assert max(file.stat().st_size for file in IMAGES.glob("*.png")) <= MAX_BYTES


def test_the_command_says_what_to_install_where_there_is_no_browser(monkeypatch):
    monkeypatch.setattr("testproject.library.management.commands.screenshots.CHROMIUM", None)
    with pytest.raises(CommandError, match="apt install chromium"):
        call_command("screenshots")


def test_a_picture_that_there_is_none_of_is_refused_with_those_that_there_are(monkeypatch):
    monkeypatch.setattr("testproject.library.management.commands.screenshots.CHROMIUM", "chromium")
    with pytest.raises(CommandError, match=r"No such picture: lab\. There are: search, admin-report"):
        call_command("screenshots", "lab")


@pytest.mark.django_db
@pytest.mark.usefixtures("small_site")
@pytest.mark.parametrize("fails", [False, True])
def test_the_demo_site_is_as_it_was_afterwards(monkeypatch, fails):
    for name, slug in (("_EDITED", "textwrap"), ("_FAILED", "random"), ("_WAITING", "threading")):
        monkeypatch.setattr(staging, name, slug)

    def everything() -> list[object]:
        states = list(Entry.objects.order_by("pk").values())
        return [states, set(get_user_model().objects.all()), set(Group.objects.all())]

    before = everything()
    with suppress(RuntimeError), staging.staged() as stage:
        assert set(Entry.objects.values_list("state", flat=True)) >= {"failed", "pending"}
        assert get_user_model().objects.get(username=stage.username).check_password(stage.password)
        if fails:
            raise RuntimeError
    assert everything() == before
