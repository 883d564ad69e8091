"""The packages that are run beside this one, and what is to be told of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A package, what it does beside this one, and what to write in settings for it.

    Its pins are in ``requirements``, its checks in a folder, both under the name ``folder``.
    """

    package: str
    #: The table that it stands in.
    kind: str
    folder: str
    #: What it does beside this package. Each statement is a check of its suite.
    does: str
    #: What to write in settings, or to do.
    settings: str
    #: Packages whose versions are told with it.
    beside: tuple[str, ...] = ("wagtail", "Django")
    #: Options of pytest.
    options: tuple[str, ...] = ()


CASES = (
    Case(
        "wagtail-localize",
        "Wagtail packages",
        "localize",
        "Its translations are followed as they go live, also where a draft of a translation changes the live page. A page "
        "that has just been sent for translation is live in the language of its source, so that the same text is found twice.",
        "`.filter(locale=Locale.get_active())` in searches; `WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False` to "
        "have untranslated copies stay drafts",
    ),
    Case("django-easy-audit", "Wagtail packages", "audit", "", ""),
    Case("wagtail-cache", "Wagtail packages", "cache", "", ""),
    Case("wagtail-modeltranslation", "Wagtail packages", "modeltranslation", "", "", ("django-modeltranslation", "wagtail", "Django")),
    Case("django-tenants", "Wagtail packages", "tenants", "", "", options=("--noconftest",)),
    Case("wagtail-grapple", "Wagtail packages", "grapple", "", ""),
    Case("wagtail-personalisation", "Wagtail packages", "personalisation", "", ""),
)
