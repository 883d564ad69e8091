"""One search: what is asked, and all that its first statement finds out about it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, Protocol

from ..analysis import Analyzer
from ..conf import IndexSettings
from ..content import clean_text
from ..database.execute import fetch, fill_names
from ..database.tables import table_name
from ..generations.serving import ServingGeneration
from ..health import CIRCUIT_IS_OPEN
from ..models import Generation, SearchEvent
from ..ranking import constants, formulas
from ..ranking.values import QueryTerm
from .candidates import Candidates
from .languages import asks_for_aliases, choose_analyzers, prepare_analyzers, remember_aliases, remember_locales
from .query import Query, analyse_query, weigh
from .syntax import TypedQuery, is_searchable, parse_query
from .unsaved import UnsavedPage
from .values import EarlyHits, FoundRow, Legs, Limits

#: Characters looked at for each one that is kept: cleaning a query of megabytes would take seconds.
_READ_AHEAD = 4


class Rider(Protocol):
    """What the first statement of a search does besides."""

    @property
    def tables(self) -> str:
        """Common table expressions, each with a comma before it."""

    @property
    def columns(self) -> str:
        """Columns, each with a comma before it."""

    def parameters(self, query: Query) -> Mapping[str, Any]:
        """Return the values of both."""

    def read(self, row: Any, search: Search) -> EarlyHits | None:
        """Return what the columns hold; ``None`` where it is of no use to the search."""


@dataclass(frozen=True)
class Search:
    """One search, prepared: what the legs, the correction and the embedding need to know."""

    #: The query; empty for related pages.
    typed_query: TypedQuery
    #: Of the index.
    settings: IndexSettings
    #: Which legs to run.
    legs: Legs
    #: The pages that may be returned.
    candidates: Candidates
    #: The generation to search.
    generation: ServingGeneration
    #: The words of the query.
    query: Query
    #: Terms to look up.
    terms: tuple[QueryTerm, ...]
    #: Terms of titles that are the query, where a page has such a title.
    titles: tuple[str, ...]
    #: Languages of the pages searched.
    analyzers: tuple[Analyzer, ...]
    #: How the statements may be run.
    limits: Limits
    #: A page that is ranked as it is in memory, beside the candidates.
    unsaved: UnsavedPage | None = None
    #: What is asked for with misspelt words corrected; empty when nothing was.
    corrected_text: str = ""
    #: The word of the query by term, where one that no page has is read as others.
    read_as: Mapping[str, str] = field(default_factory=dict)
    #: The same with the operators of the query, for the visitor.
    corrected_query: str = ""
    #: Whether the candidates are the pages with the phrases of the query.
    has_phrases: bool = False
    #: What the legs have found in the first statement, if they were run there.
    early: EarlyHits | None = field(default=None, repr=False)

    @property
    def early_semantic(self) -> EarlyHits | None:
        """What the semantic leg has found in the first statement, as long as the candidates are those."""
        early = self.early
        return early if early and early.semantic is not None and early.candidates is self.candidates else None

    @property
    def early_keyword(self) -> Sequence[FoundRow] | None:
        """What the keyword leg has found there, as long as neither candidates nor terms have changed."""
        early = self.early
        is_same = early and early.candidates is self.candidates and early.terms is self.terms
        return early.keyword if early and is_same else None

    @property
    def text(self) -> str:
        """What is asked for: the query without its operators."""
        return self.typed_query.text

    @property
    def text_to_embed(self) -> str:
        """What the model reads: what is asked for, as it was typed."""
        return " ".join(self.text.split())

    @property
    def using(self) -> str:
        """Alias of the database."""
        return self.candidates.using

    @property
    def has_candidates(self) -> bool:
        """Whether any page can be returned."""
        return self.limits.candidate_count > 0 or self.unsaved is not None

    @property
    def typed(self) -> dict[str, str]:
        """The word of the query that each of its terms was made of."""
        query = analyse_query(self.corrected_text, self.analyzers) if self.corrected_text else self.query
        text = self.corrected_text or self.text
        joined = {one.term: text[one.start : one.end] for one in query.joined}
        typed = {term: word.typed for word in query.words for term in (*word.extras, *word.terms)}
        return {**self.read_as, **joined, **typed}

    @property
    def stop_terms(self) -> frozenset[str]:
        """Terms that nearly every page of one of the languages has."""
        return frozenset[str]().union(*(analyzer.stop_terms for analyzer in self.analyzers))

    @cached_property
    def semantic_weight(self) -> float:
        """Share of the semantic leg, 0 to 1."""
        if self.legs is not Legs.HYBRID:
            return 1.0 if self.legs is Legs.SEMANTIC else 0.0
        generation = self.generation
        return formulas.semantic_weight(self.settings.semantic_weight, generation.model, is_blind=generation.is_blind)


def normalise_query(query: str, max_length: int) -> str:
    """Return a query in one line, cut to ``max_length`` characters; empty when there is nothing to search for.

    NUL, lone surrogates and control characters are removed, white space is folded, and equal spellings of one text
    become equal, so that they share a place in the cache. A query without a letter, digit or symbol is empty.
    """
    text = " ".join(clean_text(query[: max_length * _READ_AHEAD]).split())[:max_length].rstrip()
    return text if is_searchable(text) else ""


def prepare_search(
    text: str,
    candidates: Candidates,
    settings: IndexSettings,
    language_code: str,
    *,
    legs: Legs = Legs.HYBRID,
    unsaved: UnsavedPage | None = None,
    has_operators: bool = False,
    rider: Rider | None = None,
) -> Search | None:
    """Look up the generation, the query's terms with their document frequencies, and count the candidates.

    One statement, the first one of every search; the first search of a process may need it twice, to learn the site's
    languages.

    Args:
        text: The normalised query; may be empty.
        candidates: The pages that may be returned.
        settings: Of the index to search.
        language_code: Of the visitor: it comes first where pages of several languages are searched.
        legs: Which legs to run.
        unsaved: A page that is ranked as it is in memory.
        has_operators: Whether quotes and hyphens in the query mean more than themselves.
        rider: What the statement does besides.

    Returns:
        ``None`` when no generation of the index is active, or the project has dropped its table.
    """
    using, with_aliases = candidates.using, candidates.with_aliases
    choose = partial(
        choose_analyzers, using, candidates.locale_filter, language_code, settings, with_aliases=with_aliases
    )
    analyzers = choose()
    readers = prepare_analyzers(analyzers, text)
    typed_query = parse_query(text) if has_operators else TypedQuery(text, text)
    query = analyse_query(typed_query.text, readers, [(each.start, each.end) for each in typed_query.phrases])
    parameters = {
        "exact_scan_at_least": constants.EXACT_SCAN_AT_LEAST,
        "exact_scan_per_root": constants.EXACT_SCAN_PER_ROOT,
        "index_name": settings.index_name,
        "active": Generation.State.ACTIVE.value,
        "terms": query.terms,
        "are_most_pages": candidates.are_most_pages,
        **candidates.parameters,
        **(rider.parameters(query) if rider else {}),
    }
    rows = fetch(
        candidates.using,
        PREPARE,
        parameters,
        exact_scan_limit=formulas.EXACT_SCAN_LIMIT_SQL.format(page_count="page_count"),
        closed_path=candidates.closed_path_sql.text,
        candidates=candidates.select.text,
        alias_locales=fill_names(using, ALIAS_LOCALES) if with_aliases and asks_for_aliases(using) else "NULL",
        circuit_is_open=CIRCUIT_IS_OPEN.format(events=table_name(SearchEvent), configuration="configuration"),
        tables=rider.tables if rider else "",
        columns=rider.columns if rider else "",
    )
    if not rows:
        return None
    (row,) = rows
    is_news = remember_locales(using, dict(json.loads(row.locales)))
    if row.alias_locales:
        is_news |= remember_aliases(using, json.loads(row.alias_locales))
    # The first search of a process, or the first after a locale or an alias was added.
    if is_news and choose() != analyzers:
        return prepare_search(
            text, candidates, settings, language_code, legs=legs, unsaved=unsaved, has_operators=has_operators
        )
    generation = ServingGeneration(
        row.id,
        row.fingerprint,
        json.loads(row.configuration),
        row.dimensions,
        row.page_count,
        *_choose_similarities(row, analyzers),
        row.created_at,
    )
    if not generation.has_table:
        return None
    frequencies = dict(json.loads(row.terms))
    search = Search(
        typed_query,
        settings,
        legs,
        replace(candidates, closed_paths=tuple(row.closed_paths), site_paths=tuple(row.site_paths)),
        generation,
        query,
        weigh(query, frequencies),
        tuple(title for title in query.titles if frequencies.get(title)),
        readers,
        Limits(row.candidate_count, row.exact_scan_limit, row.circuit_is_open),
        unsaved,
    )
    early = rider.read(row, search) if rider else None
    return replace(search, early=early) if early else search


def _choose_similarities(row: Any, analyzers: Sequence[Analyzer]) -> tuple[float | None, float | None]:
    """Return background and title similarity: those of the language where one alone is searched."""
    by_language = json.loads(row.similarities_by_language)
    if len(analyzers) == 1 and (found := by_language.get(analyzers[0].language_code)):
        return found[0], found[1]
    return row.background_similarity, row.title_similarity


PREPARE = """
WITH generation AS MATERIALIZED (
    SELECT id, fingerprint, configuration, dimensions, page_count, background_similarity, title_similarity,
        similarities_by_language, created_at, {exact_scan_limit} AS exact_scan_limit
    FROM {generation} WHERE index_name = %(index_name)s AND state = %(active)s
), known AS MATERIALIZED (
    SELECT term, (
        SELECT coalesce(sum(document_frequency), 0) FROM {term_frequency} AS ledger_entry
        WHERE ledger_entry.generation_id = (SELECT id FROM generation) AND ledger_entry.term = query_term.term
    ) AS document_frequency
    FROM unnest(%(terms)s::text[]) AS query_term (term)
), {closed_path}, counted AS MATERIALIZED (
    SELECT CASE WHEN %(are_most_pages)s AND page_count > exact_scan_limit THEN exact_scan_limit + 1
    ELSE (SELECT count(*) FROM (
        SELECT 1 FROM ({candidates}) AS candidate LIMIT (SELECT exact_scan_limit + 1 FROM generation)
    ) AS counted) END AS candidate_count
    FROM generation
){tables}
SELECT id, fingerprint, configuration::text, dimensions, page_count, background_similarity, title_similarity,
    similarities_by_language::text, created_at, exact_scan_limit,
    coalesce((SELECT json_agg(json_build_array(term, document_frequency)) FROM known), '[]')::text AS terms,
    (SELECT candidate_count FROM counted) AS candidate_count,
    {circuit_is_open} AS circuit_is_open,
    ARRAY(SELECT path FROM closed_path) AS closed_paths, (SELECT paths FROM site) AS site_paths,
    (SELECT json_agg(json_build_array(id, language_code) ORDER BY id) FROM {locale})::text AS locales,
    {alias_locales}::text AS alias_locales{columns}
FROM generation
"""

# A look at every alias, now and then.
ALIAS_LOCALES = """(
    SELECT coalesce(json_agg(DISTINCT jsonb_build_array(alias.locale_id, source.locale_id)), '[]')
    FROM {page} AS alias JOIN {page} AS source ON source.{pk} = alias.alias_of_id
)"""
