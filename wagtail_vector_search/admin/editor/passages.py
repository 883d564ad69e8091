"""The passages of a page, and what keeps search from telling what the page is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ...content import keyword_query
from ...database.execute import fetch_all
from ...database.tables import table_name
from ...generations.writable import WritableGeneration
from ...models import EntryTerms
from ...retrieval.candidates import ROW, find_candidates
from .content import Content

#: Words below which a page says too little for search to tell what it is about.
FEW_WORDS = 40
#: A text on this many other pages says nothing about any of them.
MANY_PAGES = 3
#: Other pages that are counted for one text at most.
MOST_COUNTED = 100
#: Passages that are compared with other pages at most.
MOST_COMPARED = 30
# A text is looked for on the pages that have its rarest terms; of very many such pages, on some of them.
_RAREST = 6
_MOST_LOOKED_AT = 1000

_TERMS = "SELECT tsvector_to_array(to_tsvector(%s::regconfig, text)) FROM unnest(%s::text[]) AS text"

# Terms hold no control characters.
_SEPARATOR = "\x1f"
_COUNT = """
SELECT (
    SELECT count(*) FROM (
        SELECT 1 FROM (
            SELECT entry_terms.page_id FROM {entry_terms} AS entry_terms
            WHERE entry_terms.generation_id = %s
                AND entry_terms.terms @> string_to_array(passage.terms, %s) AND entry_terms.page_id <> %s
            LIMIT {looked_at}
        ) AS {row}
        WHERE EXISTS (
            SELECT FROM {chunks} AS chunk
            WHERE chunk.page_id = {row}.page_id AND chunk.generation_id = %s AND chunk.text = passage.text
        ) AND {visible}
        LIMIT {counted}
    ) AS page
) FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS passage (text, terms, position) ORDER BY position
"""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as the panel shows it."""

    #: The heading that it is under; may be empty.
    heading: str
    #: Plain text.
    text: str
    #: Other pages with the same text word for word, of those that the editor may see; ``MOST_COUNTED`` at most.
    elsewhere: int = 0

    @property
    def is_common(self) -> bool:
        """Whether so many pages share it that it says nothing about this one."""
        return self.elsewhere >= MANY_PAGES


def read_passages(
    content: Content, page: Any, frequencies: Mapping[str, int], among: QuerySet[Any], target: WritableGeneration
) -> list[Passage]:
    """Return the passages of a page. Two statements.

    Args:
        content: Of the page.
        page: The page.
        frequencies: From ``count_pages``.
        among: Pages that the editor may see; the text of others is not read.
        target: The generation that serves.
    """
    texts = [piece.text for piece in content.pieces[:MOST_COMPARED]]
    elsewhere = _count_elsewhere(texts, content.config, page, frequencies, among, target) if texts else []
    counts = [*elsewhere, *[0] * (len(content.pieces) - len(elsewhere))]
    return [Passage(piece.heading, piece.text, count) for piece, count in zip(content.pieces, counts, strict=True)]


def describe_flaws(content: Content, passages: Sequence[Passage]) -> list[str]:
    """Say what keeps search from telling what a page is about."""
    if not passages:
        return []
    if [passage.text for passage in passages] == [content.title]:
        return [_("Search knows this page by its title only: it has no other text that search can read.")]
    flaws = []
    if sum(len(passage.text.split()) for passage in passages) < FEW_WORDS:
        flaws.append(_("This page says very little. Search can hardly tell what it is about."))
    if 2 * sum(passage.is_common for passage in passages) >= len(passages):
        flaws.append(
            _("Most of this page appears word for word on other pages, too. Search can hardly tell them apart.")
        )
    return flaws


def _count_elsewhere(
    texts: Sequence[str],
    config: str,
    page: Any,
    frequencies: Mapping[str, int],
    among: QuerySet[Any],
    target: WritableGeneration,
) -> list[int]:
    candidates = find_candidates(among)
    if candidates is None:
        return []
    terms = fetch_all(target.using, _TERMS, [config, [keyword_query(text)[0] for text in texts]])
    rarest = [_SEPARATOR.join(sorted(found, key=lambda word: frequencies.get(word, 0))[:_RAREST]) for (found,) in terms]
    statement = _COUNT.format(
        entry_terms=table_name(EntryTerms),
        chunks=target.embedding_table,
        visible=candidates.contain_row.text,
        row=ROW,
        looked_at=_MOST_LOOKED_AT,
        counted=MOST_COUNTED,
    )
    generation_id = target.generation_id
    params = [generation_id, _SEPARATOR, page.pk, generation_id, *candidates.contain_row.params, list(texts), rarest]
    return [count for (count,) in fetch_all(target.using, statement, params)]
