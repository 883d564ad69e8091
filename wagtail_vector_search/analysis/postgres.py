"""Stems by a text-search configuration of PostgreSQL, for sites with dictionaries of their own."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from django.db import DatabaseError, connections, router, transaction

from ..database.execute import fetch
from ..exceptions import SettingsError
from .analyzer import CACHE_SIZE, WORD, Analyzer
from .folding import fold, lower, write_digraphs

STEMS = """
SELECT word, (tsvector_to_array(to_tsvector(%(config)s::regconfig, word)))[1] AS stem
FROM unnest(%(words)s::text[]) AS word
"""

EXISTS = """
SELECT EXISTS (
    SELECT FROM pg_ts_config AS config JOIN pg_namespace AS namespace ON namespace.oid = config.cfgnamespace
    WHERE (config.cfgname = %(config)s AND pg_ts_config_is_visible(config.oid))
        OR namespace.nspname || '.' || config.cfgname = %(config)s
) AS is_there
"""

# The dictionaries of a configuration, as far as the catalogue tells: what it does with a word hangs on these.
CONFIGURATION = """
SELECT coalesce(string_agg(mapping.maptokentype || ':' || mapping.mapseqno || ':' || dictionary.dictname || ':'
    || coalesce(dictionary.dictinitoption, ''), ',' ORDER BY mapping.maptokentype, mapping.mapseqno), '') AS mapping
FROM pg_ts_config_map AS mapping JOIN pg_ts_dict AS dictionary ON dictionary.oid = mapping.mapdict
WHERE mapping.mapcfg = %(config)s::regconfig
"""


class PostgresAnalyzer(Analyzer):
    """Cuts words as every analyzer does, and lets PostgreSQL's dictionaries find their stems.

    A query costs one statement more for words that the process has not met before. ``ANALYZERS`` in settings::

        "ANALYZERS": {
            "cs": {"ANALYZER": "wagtail_vector_search.analysis.PostgresAnalyzer", "OPTIONS": {"config": "my_czech"}}
        }

    Args:
        language_code: Of the pages' locale.
        config: Name of the text-search configuration.
        using: Alias of the database; by default the one that pages are read from.
    """

    def __init__(self, language_code: str, *, config: str, using: str = "") -> None:
        super().__init__(language_code)
        self.config = config
        self._using = using
        self._stems: dict[str, str] = {}

    @property
    def using(self) -> str:
        """Alias of the database."""
        from wagtail.models import Page

        return self._using or router.db_for_read(Page)

    def fingerprint(self) -> str:
        """Return what the stems hang on: the dictionaries of the configuration, and the version of PostgreSQL."""
        if self.find_problem():
            return f"{super().fingerprint()}, {self.config} is missing"
        (row,) = fetch(self.using, CONFIGURATION, {"config": self.config})
        version = connections[self.using].pg_version  # type: ignore[attr-defined]
        digest = blake2b(row.mapping.encode(), digest_size=8).hexdigest()
        return f"{super().fingerprint()}, {self.config} {digest}, postgresql {version // 10_000}"

    def find_problem(self) -> str:
        """Return what is wrong and how to mend it where the database has no such configuration; empty if it has."""
        (row,) = fetch(self.using, EXISTS, {"config": self.config})
        if row.is_there:
            return ""
        return (
            f'PostgreSQL has no text-search configuration "{self.config}", which ANALYZERS names for '
            f'"{self.language_code}". Create it (CREATE TEXT SEARCH CONFIGURATION), or correct the name.'
        )

    def prepare(self, texts: Sequence[str]) -> None:
        """Look up the stems of all words that the process has not met before. One statement, if there is any.

        Raises:
            SettingsError: there is no such configuration.
        """
        words = {lower(word, self.language.code) for text in texts for word in WORD.findall(text)}
        words |= {spelling for word in words for spelling in (fold(word), write_digraphs(word, self.language.code))}
        self._look_up(sorted(words - self._stems.keys()))

    def stem(self, word: str) -> str:
        """Return the stem that the first dictionary knows; the word itself where none does, or it is a stop word."""
        if word not in self._stems:
            self._look_up([word])
        return self._stems[word]

    def _look_up(self, words: Sequence[str]) -> None:
        if not words:
            return
        if len(self._stems) + len(words) > CACHE_SIZE:
            self._stems.clear()
        try:
            with transaction.atomic(using=self.using):
                rows = fetch(self.using, STEMS, {"config": self.config, "words": list(words)})
        except DatabaseError as error:
            raise SettingsError(self.find_problem() or str(error)) from error
        self._stems.update({row.word: row.stem or row.word for row in rows})
