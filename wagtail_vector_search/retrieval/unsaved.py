"""A page that is ranked as it is in memory: a draft, among the published pages. Nothing of it is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..database.execute import SQL, fill_names
from ..database.sparse_vectors import sparse_literal
from ..database.tables import PageKey
from ..ranking import constants
from ..ranking.formulas import term_weight
from ..ranking.values import Hit, QueryTerm

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ENTRY_TERMS = """(
    SELECT generation_id, page_id, terms, weights FROM {entry_terms} WHERE page_id <> %(unsaved_page)s
    UNION ALL SELECT %(generation)s::bigint, %(unsaved_page)s::{page_key}, %(unsaved_terms)s::text[],
        %(unsaved_weights)s::sparsevec
)"""


@dataclass(frozen=True, slots=True)
class UnsavedPage:
    """A page as it would be indexed, in place of what is stored of it."""

    #: Primary key of the page.
    page_id: PageKey
    #: The document side of BM25, by term.
    weights: Mapping[str, float]
    #: Vectors of its chunks, float32, of length 1, shape ``(chunks, dimensions)``.
    vectors: NDArray[np.float32] = field(repr=False)
    #: Of the page.
    language_code: str = ""
    #: In one line.
    title: str = field(default="", repr=False)
    #: Heading and text of its chunks, in order, for phrases.
    chunks: Sequence[tuple[str, str]] = field(default=(), repr=False)

    def add_to_semantic(self, hits: Sequence[Hit], vector: str) -> list[Hit]:
        """Return hits of the semantic leg with this page among them.

        Args:
            hits: Of other pages.
            vector: Of the query, as PostgreSQL reads it.
        """
        if not len(self.vectors):
            return list(hits)
        return self._insert(hits, Hit(self.page_id, max(self.similarities(vector))))

    def add_to_keyword(
        self, hits: Sequence[Hit], terms: Sequence[QueryTerm], titles: Sequence[str], page_count: int
    ) -> list[Hit]:
        """Return hits of the keyword leg with this page among them, if it has a term of the query."""
        score = sum(term_weight(term, page_count) * self.weights.get(term.text, 0.0) for term in terms)
        has_title = any(title in self.weights for title in titles)
        return self._insert(hits, Hit(self.page_id, score, has_title)) if score > 0 else list(hits)

    def similarities(self, vector: str) -> list[float]:
        """Return the cosine similarity of every chunk to a query."""
        import numpy as np

        query = np.asarray(json.loads(vector), dtype=np.float32)
        return [float(similarity) for similarity in self.vectors @ (query / np.linalg.norm(query))]

    def entry_terms_sql(self, using: str) -> SQL:
        """Return a source of rows like the table of terms, with this page as it is here in ``%(generation)s``."""
        return SQL(
            fill_names(using, _ENTRY_TERMS),
            {
                "unsaved_page": self.page_id,
                "unsaved_terms": list(self.weights),
                "unsaved_weights": sparse_literal(self.weights.items()),
            },
        )

    def _insert(self, hits: Sequence[Hit], own: Hit) -> list[Hit]:
        others = (other for other in hits if other.page_id != self.page_id)
        return sorted([*others, own], key=lambda hit: (-hit.score, hit.page_id))[: constants.TOP]
