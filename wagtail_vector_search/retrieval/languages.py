"""The languages of the pages that are searched: a query is read in these, whatever the visitor's browser prefers."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings as django_settings
from django.db.models import QuerySet
from django.db.models.lookups import Exact, In
from wagtail.models import Locale

from ..analysis import Analyzer, get_analyzer, get_analyzers
from ..conf import IndexSettings
from ..exceptions import SettingsError
from ..health import is_new

logger = logging.getLogger(__name__)

#: Languages that a query is read in, at most: each costs a look-up of every word.
MAX_LANGUAGES = 6

#: Language code by key of each locale, as the last search of this process has read them.
_locales: dict[str, Mapping[int, str]] = {}


#: Seconds for which a process knows the locales of aliases: reading them takes a look at every alias.
ALIASES_KNOWN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class KnownAliases:
    """The locales that have aliases, each with that of a source, and when this process has read them."""

    locales: frozenset[tuple[int, int]]
    read_at: float

    @property
    def is_old(self) -> bool:
        """Whether there may be others by now."""
        return time.monotonic() > self.read_at + ALIASES_KNOWN_SECONDS


_aliases: dict[str, KnownAliases] = {}


@dataclass(frozen=True, slots=True)
class LocaleFilter:
    """What a queryset says about the locale of its pages; ``None`` where it says nothing."""

    keys: frozenset[Any] | None = None
    codes: frozenset[str] | None = None

    def codes_among(self, locales: Mapping[int, str]) -> list[str]:
        """Return the language codes that the pages may have, in the order of the locales."""
        return [
            code
            for key, code in locales.items()
            if (self.keys is None or key in self.keys) and (self.codes is None or code in self.codes)
        ]


def read_locale_filter(queryset: QuerySet[Any]) -> LocaleFilter:
    """Return what the conditions of a queryset say about the locale. Conditions that it cannot read say nothing."""
    keys: frozenset[Any] | None = None
    codes: frozenset[str] | None = None
    where = queryset.query.where
    if where.negated or where.connector != "AND":
        return LocaleFilter()
    for condition in where.children:
        field = getattr(getattr(condition, "lhs", None), "target", None)
        values = _values(condition)
        if field is None or values is None:
            continue
        if field.name == "locale" and field.related_model is Locale:
            keys = values if keys is None else keys & values
        elif field.model is Locale and field.name == "language_code":
            codes = values if codes is None else codes & values
        elif field.model is Locale and field.primary_key:
            keys = values if keys is None else keys & values
    return LocaleFilter(keys, codes)


def _values(condition: Any) -> frozenset[Any] | None:
    """Return the values that a condition allows; ``None`` where it is of another kind."""
    if isinstance(condition, Exact) and not hasattr(condition.rhs, "resolve_expression"):
        return frozenset([condition.rhs])
    if isinstance(condition, In) and isinstance(condition.rhs, (list, tuple, set, frozenset)):
        return frozenset(condition.rhs)
    return None


def choose_analyzers(
    using: str, locale_filter: LocaleFilter, preferred: str, settings: IndexSettings, *, with_aliases: bool = False
) -> tuple[Analyzer, ...]:
    """Return the analyzers for a query: one for each language of the pages searched, the visitor's first.

    Args:
        using: the database.
        locale_filter: of the queryset.
        preferred: language code of the visitor.
        settings: of the index.
        with_aliases: whether pages of other languages are searched, too, that have an alias in one of these.
    """
    if settings.language:
        return get_analyzers([settings.language], settings.analyzers)
    locales = _locales.get(using) or {0: django_settings.LANGUAGE_CODE}
    codes = locale_filter.codes_among(locales) or list(locales.values())
    if with_aliases and (known := _aliases.get(using)):
        shown = [locales.get(source, "") for alias, source in known.locales if locales.get(alias) in codes]
        codes = list(dict.fromkeys([*codes, *filter(None, shown)]))
    codes.sort(key=lambda code: (code != preferred, code.partition("-")[0] != preferred.partition("-")[0]))
    return get_analyzers(codes, settings.analyzers)[:MAX_LANGUAGES]


def prepare_analyzers(analyzers: Sequence[Analyzer], text: str) -> tuple[Analyzer, ...]:
    """Return analyzers that can read a query: the usual one in place of one that cannot be used.

    Args:
        analyzers: of the languages of the pages searched.
        text: the query.
    """
    usable = []
    for analyzer in analyzers:
        try:
            analyzer.prepare([text])
        except SettingsError as error:
            if is_new(str(error)):
                logger.warning("%s", error)
            analyzer = get_analyzer(analyzer.language_code, {})
        usable.append(analyzer)
    return tuple(usable)


def remember_locales(using: str, locales: Mapping[int, str]) -> bool:
    """Note the locales of the site as a search has read them.

    Returns:
        Whether they are others than before.
    """
    is_new = _locales.get(using) != locales
    _locales[using] = locales
    return is_new


def may_have_aliases(using: str) -> bool:
    """Return whether the site has aliases, as far as this process knows."""
    known = _aliases.get(using)
    return known is None or known.is_old or bool(known.locales)


def asks_for_aliases(using: str) -> bool:
    """Return whether the next search should read which aliases there are."""
    known = _aliases.get(using)
    return known is None or known.is_old


def remember_aliases(using: str, locales: Iterable[Sequence[int]]) -> bool:
    """Note the locales of aliases, each with that of its source, as a search has read them.

    Returns:
        Whether they are others than before.
    """
    before = _aliases.get(using)
    _aliases[using] = known = KnownAliases(frozenset((alias, source) for alias, source in locales), time.monotonic())
    return known.locales != (before.locales if before else frozenset())


def forget_locales() -> None:
    """Take the site for one of a single language until the next search has read its locales."""
    _locales.clear()
    _aliases.clear()
