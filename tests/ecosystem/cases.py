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
        "django-easy-audit",
        WAGTAIL,
        "audit",
        "It listens to every save and deletion. It logs nothing of what is indexed of a page, and generations of "
        "an index as any other object.",
        'nothing; `DJANGO_EASY_AUDIT_UNREGISTERED_CLASSES_EXTRA = ["wagtail_vector_search.Generation"]` keeps its'
        " log to your own objects",
    ),
    Case(
        "django-tenants",
        WAGTAIL,
        "tenants",
        "Each tenant has an index of its own in its schema. The first tenant's migration puts the extension "
        "there, unless it stands in `public`; the next one then stops, and says how to move it.",
        "`CREATE EXTENSION vector SCHEMA public` before the first tenant; this package in `TENANT_APPS`; "
        "`manage.py tenant_command update_vector_index --schema=NAME` for each",
        options=("--noconftest",),
    ),
    Case(
        "wagtail-ab-testing",
        WAGTAIL,
        "ab_testing",
        "Only the version that is published is indexed: the variant is not found before it has won.",
        "nothing",
    ),
    Case(
        "wagtail-cache",
        WAGTAIL,
        "cache",
        "A search page that it has cached shows the title and the passage of a page that has been closed or "
        "unpublished since, until the cached page expires.",
        "`@nocache_page` on the search view, or `clear_cache()` by the signal "
        "[`pages_withdrawn`](../how-to/private-pages.md#caches)",
    ),
    Case(
        "wagtail-footnotes",
        WAGTAIL,
        "footnotes",
        "The mark of a footnote is no part of the text. The text of footnotes is found, and followed when it changes "
        "by itself, where the page class names it.",
        '`index.RelatedFields("footnotes", [index.SearchField("text")])` in `search_fields`',
    ),
    Case(
        "wagtail-grapple",
        WAGTAIL,
        "grapple",
        "Its `searchQuery` asks the backend `default`, and wants every word: answered by the keyword backend. "
        "With `searchOperator: OR` and hybrid as `default` it searches by meaning. Private pages are not returned"
        " either way.",
        "nothing for keywords; for search by meaning a view of your own that calls `search_pages`, since a "
        "`default` of this package hides drafts in the admin",
    ),
    Case(
        "wagtail-localize",
        WAGTAIL,
        "localize",
        "Translations are followed as they go live, also where a draft of a translation changes the live page. A "
        "page that has just been sent for translation is live in the language of its source: the same text is "
        "found twice. Trees that are synchronised are found in each language.",
        "`.filter(locale=Locale.get_active())` in searches; `WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = "
        "False` keeps untranslated copies drafts",
    ),
    Case(
        "wagtail-markdown",
        WAGTAIL,
        "markdown",
        "Its field and its block are read as the HTML that they are shown as: passages without signs and addresses, "
        "under their headings.",
        "nothing",
    ),
    Case(
        "wagtail-modeltranslation",
        WAGTAIL,
        "modeltranslation",
        "A page keeps its texts in all languages. An index with `LANGUAGE` has those of one language, analysed in that "
        "language, whatever the language of the editor.",
        "an index with `LANGUAGE`, and a search backend, [for each language](../how-to/what-is-indexed.md#languages)",
        ("django-modeltranslation", "wagtail", "Django"),
    ),
    Case(
        "wagtail-personalisation",
        WAGTAIL,
        "personalisation",
        "A variant is a live page of its own, whose address is an error. It is found unless its class keeps it out.",
        "on the page class: `get_indexed_objects()` that returns `exclude_variants(super().get_indexed_objects())`",
    ),
    Case(
        "llm-gemini",
        LLM,
        "gemini",
        "Counts as a service: its calls have deadline, budget and circuit breaker. 20 texts in one call. Asked "
        "with a made-up key and a stand-in for the service.",
        '`"MODEL": "gemini-embedding-001-768"`, the key in `LLM_GEMINI_KEY` or in `"OPTIONS": {"key": …}`',
        ("llm", "wagtail"),
    ),
    Case(
        "llm-jina-api",
        LLM,
        "jina_api",
        "Cannot be imported beside today's llm, which no longer brings httpx. Other models work; the check W008 "
        "names it.",
        "remove it",
        ("llm", "wagtail"),
    ),
    Case(
        "llm-ollama",
        LLM,
        "ollama",
        "Asks its server whenever a model is looked up, without a time limit. Only its own models wait for that, "
        "and searches are answered by words meanwhile. 8 texts in one call. Asked with a stand-in for the server.",
        '`"MODEL": "ollama/NAME"`, the server in the environment variable `OLLAMA_HOST`',
        ("llm", "wagtail"),
    ),
)
