"""The packages that are run beside this one, and what is to be told of each."""

from __future__ import annotations

from dataclasses import dataclass

#: The tables of the documentation.
WAGTAIL, LLM = "Wagtail packages", "Plugins of llm"


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

    @property
    def settings_module(self) -> str:
        """Where Django finds settings, below this folder."""
        return "settings_llm" if self.kind == LLM else f"{self.folder}.settings"


CASES = (
    Case(
        "wagtail-localize",
        WAGTAIL,
        "localize",
        "Its translations are followed as they go live, also where a draft of a translation changes the live page. A page "
        "that has just been sent for translation is live in the language of its source, so that the same text is found twice.",
        "`.filter(locale=Locale.get_active())` in searches; `WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False` to "
        "have untranslated copies stay drafts",
    ),
    Case("django-easy-audit", WAGTAIL, "audit", "", ""),
    Case("wagtail-cache", WAGTAIL, "cache", "", ""),
    Case("wagtail-modeltranslation", WAGTAIL, "modeltranslation", "", "", ("django-modeltranslation", "wagtail", "Django")),
    Case("django-tenants", WAGTAIL, "tenants", "", "", options=("--noconftest",)),
    Case("wagtail-grapple", WAGTAIL, "grapple", "", ""),
    Case("wagtail-personalisation", WAGTAIL, "personalisation", "", ""),
    Case("llm-gemini", LLM, "gemini", "", "", ("llm", "wagtail")),
    Case("llm-ollama", LLM, "ollama", "", "", ("llm", "wagtail")),
    Case("llm-jina-api", LLM, "jina_api", "", "", ("llm", "wagtail")),
)
