"""The passages of a page, and what keeps search from telling what the page is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ...analysis import Analyzer
from ...database.execute import fetch
from ...generations.writable import WritableGeneration
from ...retrieval.candidates import ROW, find_candidates
from .content import Content

#: Words below which a page says too little for search to tell what it is about.
FEW_WORDS = 40
#: A text on this many other pages says nothing about any of them.
MANY_PAGES = 3
#: Upper bound of the other pages that are counted for one text.
MOST_COUNTED = 100
#: Upper bound of the passages that are compared with other pages.
MOST_COMPARED = 30
# A text is looked for on the pages that have its rarest terms; if these are very many, on some of them.
_RAREST = 6
_MOST_LOOKED_AT = 1000

# Terms hold no control characters.
_SEPARATOR = "\x1f"
_COUNT = """
WITH {closed_path}
SELECT (
    SELECT count(*) FROM (
        SELECT 1 FROM (
            SELECT entry_terms.page_id FROM {entry_terms} AS entry_terms
            WHERE entry_terms.generation_id = %(generation)s AND entry_terms.page_id <> %(page)s
                AND entry_terms.terms @> string_to_array(passage.terms, %(separator)s)
            LIMIT %(most_looked_at)s
        ) AS {row}
        WHERE EXISTS (
            SELECT FROM {chunks} AS chunk
            WHERE chunk.page_id = {row}.page_id AND chunk.generation_id = %(generation)s AND chunk.text = passage.text
        ) AND {is_candidate}
        LIMIT %(most_counted)s
    ) AS page
) AS pages
FROM unnest(%(texts)s::text[], %(terms)s::text[]) WITH ORDINALITY AS passage (text, terms, position)
ORDER BY position
"""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as the panel shows it."""

    #: The heading that it is under; may be empty.
    heading: str
    #: Plain text.
    text: str
    #: Number of other pages with the same text, of those that the editor may see; ``MOST_COUNTED`` at most.
    elsewhere: int = 0

    @property
    def is_common(self) -> bool:
        """Whether so many pages share it that it says nothing about this one."""
        return self.elsewhere >= MANY_PAGES


def read_passages(
    content: Content, page: Any, frequencies: Mapping[str, int], among: QuerySet[Any], target: WritableGeneration
) -> list[Passage]:
    """Return the passages of a page. One statement.

    Args:
        content: Of the page.
        page: The page.
        frequencies: From ``count_pages``.
        among: Pages that the editor may see; the text of others is not read.
        target: The generation that serves.
    """
    texts = [piece.text for piece in content.pieces[:MOST_COMPARED]]
    elsewhere = _count_elsewhere(texts, content.analyzer, page, frequencies, among, target) if texts else []
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
        flaws.append(_("Most of this page appears word for word on other pages. Search can hardly tell them apart."))
    return flaws


def _count_elsewhere(
    texts: Sequence[str],
    analyzer: Analyzer,
    page: Any,
    frequencies: Mapping[str, int],
    among: QuerySet[Any],
    target: WritableGeneration,
) -> list[int]:
    candidates = find_candidates(among)
    if candidates is None:
        return []
    terms = [list(analyzer.count(text).frequencies) for text in texts]
    rarest = [sorted(each, key=lambda term: frequencies.get(term, 0))[:_RAREST] for each in terms]
    parameters = {
        **candidates.parameters,
        "generation": target.generation_id,
        "page": page.pk,
        "separator": _SEPARATOR,
        "most_looked_at": _MOST_LOOKED_AT,
        "most_counted": MOST_COUNTED,
        "texts": list(texts),
        "terms": [_SEPARATOR.join(each) for each in rarest],
    }
    counted = fetch(
        target.using,
        _COUNT,
        parameters,
        closed_path=candidates.closed_path_sql.text,
        chunks=target.embedding_table,
        is_candidate=candidates.is_candidate_sql.text,
        row=ROW,
    )
    return [row.pages for row in counted]
