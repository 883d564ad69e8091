"""Reads ``WAGTAIL_VECTOR_SEARCH`` into typed ``IndexSettings``. No other module reads this setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from django.conf import settings

from .exceptions import SettingsError
from .privacy import Options

SETTING_NAME = "WAGTAIL_VECTOR_SEARCH"
BACKGROUND_SETTING_NAME = "WAGTAIL_VECTOR_SEARCH_BACKGROUND"
DEFAULT_INDEX = "default"


@dataclass(frozen=True, kw_only=True)
class IndexSettings:
    """One entry of ``WAGTAIL_VECTOR_SEARCH``, with every default filled in.

    Each field is the setting of the same name in capitals.
    """

    index_name: str = DEFAULT_INDEX
    #: Dotted path of a ``BaseEmbeddingProvider``.
    provider: str = "wagtail_vector_search.providers.llm.LLMProvider"
    #: Name of the embedding model, as the provider knows it.
    model: str = "wordllama"
    #: Handed to the provider: prefixes, batch size, dimensions, key.
    options: Mapping[str, Any] = field(default_factory=dict)
    #: ``PROVIDER`` and ``OPTIONS`` of the model before this one, for its keys and its address: they are not stored, and
    #: the generation that it has made serves until the next one is complete.
    previous_provider: Mapping[str, Any] = field(default_factory=dict)
    #: ``app_label.ModelName`` of the table that keeps the vectors; found by dimensions when empty.
    vector_table: str = ""
    #: Target length of a chunk, in words.
    chunk_words: int = 100
    #: Words that neighbouring chunks of one section share.
    chunk_overlap: int = 20
    #: Share of the semantic leg in hybrid ranking, 0 to 1; ``None`` takes the default for the model.
    semantic_weight: float | None = None
    #: Evidence that a page needs to be returned, so that a query about nothing on the site finds nothing: 0 is noise, 1
    #: is as near as a page is to its own title. The same for every model; 0 turns the cut-off off.
    cutoff: float = 0.2
    #: Whether a query's word that no page has is replaced by the nearest that a page has.
    correct_spelling: bool = True
    #: Seconds a search may wait for the embedding of its query before it goes on with words alone.
    query_deadline: float = 1.0
    #: Seconds the vector of a query stays in Django's cache.
    query_cache_seconds: int = 24 * 60 * 60
    #: Calls to a remote provider that the searches of the whole site may cause in a minute; ``None`` for no limit.
    query_calls_per_minute: int | None = 300
    #: The same, of one process.
    query_calls_per_minute_per_process: int | None = 120
    #: Characters of a query that are read; the rest is ignored.
    max_query_length: int = 1000
    #: Whether pages with view restrictions are sent to the provider and indexed.
    private_pages: bool = False
    #: Whether the text of drafts may be sent to a remote provider when an editor asks how search would rank it. A local
    #: provider always embeds it.
    embed_drafts: bool = False
    #: ``app_label.ModelName`` of the page types to index; empty means all.
    page_types: tuple[str, ...] = ()
    #: ``app_label.ModelName`` of the page types to leave out, with their subclasses.
    exclude_page_types: tuple[str, ...] = ()
    #: Whether the template tags and ``search_pages`` find pages of all sites, instead of those of the visitor's.
    all_sites: bool = False
    #: Language code that every page is read in, whatever its locale: for a site that keeps the languages of a page in
    #: fields of it, one index for each language. Empty reads a page in the language of its locale.
    language: str = ""
    #: Analyzers by language code, each a dotted path or ``{"ANALYZER": path, "OPTIONS": {...}}``, for languages whose
    #: words are not to be read by ``wagtail_vector_search.analysis.Analyzer``.
    analyzers: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.options, Mapping):
            object.__setattr__(self, "options", Options(self.options))


#: Setting key -> field of ``IndexSettings``.
KEYS: Mapping[str, str] = {f.name.upper(): f.name for f in fields(IndexSettings) if f.name != "index_name"}


def get_index_settings(index_name: str = DEFAULT_INDEX) -> IndexSettings:
    """Return the settings of one configured index.

    Raises:
        SettingsError: no such index, an unknown key, or a value of the wrong type or range.
    """
    configured = _configured()
    if index_name not in configured:
        known = ", ".join(sorted(configured)) or "none"
        raise SettingsError(f'{SETTING_NAME} has no index "{index_name}" (configured: {known}).')
    values, where = configured[index_name], f'{SETTING_NAME}["{index_name}"]'
    if not isinstance(values, Mapping):
        raise SettingsError(f"{where} must be a dictionary.")
    unknown = sorted(set(values) - set(KEYS))
    if unknown:
        raise SettingsError(f'{where} has the unknown key "{unknown[0]}". Known keys: {", ".join(KEYS)}.')
    given: dict[str, Any] = {KEYS[key]: tuple(v) if isinstance(v, (list, set)) else v for key, v in values.items()}
    parsed = IndexSettings(index_name=index_name, **given)
    _validate(parsed, where)
    return parsed


def get_all_index_settings() -> list[IndexSettings]:
    """Return the settings of every configured index, in the order of the setting."""
    return [get_index_settings(index_name) for index_name in _configured()]


def works_in_background() -> bool:
    """Return whether a thread of a web process may work on what its requests leave to be done."""
    return bool(getattr(settings, BACKGROUND_SETTING_NAME, True))


def _configured() -> Mapping[str, Any]:
    configured = getattr(settings, SETTING_NAME, None)
    if configured is None:
        return {DEFAULT_INDEX: {}}
    if not isinstance(configured, Mapping):
        raise SettingsError(f'{SETTING_NAME} must be a dictionary such as {{"default": {{"MODEL": "wordllama"}}}}.')
    return configured


def _validate(parsed: IndexSettings, where: str) -> None:
    for name, kind, expected in _KINDS:
        if not isinstance(getattr(parsed, name), kind):
            raise SettingsError(f'{where}["{name.upper()}"] must be {expected}.')
    previous, setting = parsed.previous_provider, f'{where}["PREVIOUS_PROVIDER"]'
    if unknown := sorted(set(previous) - {"PROVIDER", "OPTIONS"}):
        raise SettingsError(f'{setting} has the unknown key "{unknown[0]}". Known keys: PROVIDER, OPTIONS.')
    if not isinstance(previous.get("PROVIDER", ""), str) or not isinstance(previous.get("OPTIONS", {}), Mapping):
        raise SettingsError(f'{setting} must hold a dotted path as "PROVIDER", a dictionary as "OPTIONS".')
    for name, low, high in _RANGES:
        value = getattr(parsed, name)
        if value is None and name in _OPTIONAL:
            continue
        if not (type(value) in (int, float) and low <= value <= high):
            raise SettingsError(f'{where}["{name.upper()}"] must be a number from {low} to {high}, not {value!r}.')
    if parsed.chunk_overlap >= parsed.chunk_words:
        raise SettingsError(f'{where}["CHUNK_OVERLAP"] must be less than CHUNK_WORDS ({parsed.chunk_words}).')


#: Type of a field, and what it must be in the words of the error.
_KINDS: tuple[tuple[str, type, str], ...] = (
    ("provider", str, "a str"),
    ("model", str, "a str"),
    ("options", Mapping, "a mapping"),
    ("previous_provider", Mapping, "a mapping"),
    ("analyzers", Mapping, 'a mapping such as {"cs": "my_app.search.CzechAnalyzer"}'),
    ("page_types", tuple, 'a list such as ["blog.BlogPage"]'),
    ("exclude_page_types", tuple, 'a list such as ["blog.BlogPage"]'),
    ("language", str, 'a language code such as "fr"'),
    ("private_pages", bool, "True or False"),
    ("all_sites", bool, "True or False"),
    ("correct_spelling", bool, "True or False"),
    ("embed_drafts", bool, "True or False"),
)

#: Numbers that may be ``None``.
_OPTIONAL = ("semantic_weight", "query_calls_per_minute", "query_calls_per_minute_per_process")

_RANGES: tuple[tuple[str, float, float], ...] = (
    ("chunk_words", 10, 2000),
    ("chunk_overlap", 0, 1000),
    ("semantic_weight", 0, 1),
    ("cutoff", 0, 2),
    ("query_deadline", 0, 60),
    ("query_cache_seconds", 0, 365 * 24 * 60 * 60),
    ("query_calls_per_minute", 0, 1_000_000),
    ("query_calls_per_minute_per_process", 0, 1_000_000),
    ("max_query_length", 1, 100_000),
)
