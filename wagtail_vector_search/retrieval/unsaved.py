"""A page that is ranked as it is in memory: a draft, among the published pages. Nothing of it is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..database.execute import SQL
from ..database.sparse_vectors import sparse_literal
from ..database.tables import table_name
from ..models import EntryTerms
from .fusion import TOP, Hit
from .keywords import weigh

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .prepare import PreparedSearch


@dataclass(frozen=True, slots=True)
class UnsavedPage:
    """A page as it would be indexed, in place of what is stored of it.

    Args:
        page_id: Primary key of the page.
        weights: The document side of BM25, by term.
        vectors: Of its chunks, float32, of length 1, shape ``(chunks, dimensions)``.
    """

    page_id: Any
    weights: Mapping[str, float]
    vectors: NDArray[np.float32] = field(repr=False)

    def add_by_meaning(self, hits: Sequence[Hit], vector: str) -> list[Hit]:
        """Return hits of the semantic leg with this page among them.

        Args:
            hits: Of other pages.
            vector: Of the query, as PostgreSQL reads it.
        """
        if not len(self.vectors):
            return list(hits)
        return _insert(hits, Hit(self.page_id, max(self.similarities(vector))))

    def add_by_words(self, hits: Sequence[Hit], prepared: PreparedSearch) -> list[Hit]:
        """Return hits of the keyword leg with this page among them, if it has a word of the query."""
        score = sum(
            weigh(term, prepared.generation.page_count) * self.weights.get(term.text, 0.0) for term in prepared.terms
        )
        return _insert(hits, Hit(self.page_id, score)) if score > 0 else list(hits)

    def similarities(self, vector: str) -> list[float]:
        """Return the cosine similarity of every chunk to a query."""
        import numpy as np

        query = np.asarray(json.loads(vector), dtype=np.float32)
        return [float(similarity) for similarity in self.vectors @ (query / np.linalg.norm(query))]

    def terms(self, generation_id: int, page_key: str) -> SQL:
        """Return a source of rows like the table of terms, with this page as it is here.

        Args:
            generation_id: The generation.
            page_key: PostgreSQL type of a page's primary key.
        """
        terms, literal = list(self.weights), sparse_literal(self.weights.items())
        text = f"""(
            SELECT generation_id, page_id, terms, weights FROM {table_name(EntryTerms)} WHERE page_id <> %s
            UNION ALL SELECT %s::bigint, %s::{page_key}, %s::text[], %s::sparsevec
        )"""
        return SQL(text, (self.page_id, generation_id, self.page_id, terms, literal))


def _insert(hits: Sequence[Hit], hit: Hit) -> list[Hit]:
    others = (other for other in hits if other.page_id != hit.page_id)
    return sorted([*others, hit], key=lambda each: (-each.score, each.page_id))[:TOP]
