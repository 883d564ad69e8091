"""What search has of a page: its passages, and its words with their weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...database.sparse_vectors import term_position
from ...generations.writable import WritableGeneration
from ...models import EntryTerms


@dataclass(frozen=True, slots=True)
class Piece:
    """One passage."""

    #: That it stands under; may be empty.
    heading: str
    #: Plain text.
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """A page as search sees it, be it published or a draft."""

    #: As it is indexed.
    title: str
    #: The passages, in order.
    pieces: tuple[Piece, ...]
    #: The document side of BM25, by term.
    weights: Mapping[str, float]
    #: PostgreSQL's text-search configuration that made the terms.
    config: str

    @property
    def text(self) -> str:
        """All of it, in one."""
        return "\n".join([self.title, *(part for piece in self.pieces for part in (piece.heading, piece.text))])


def read_content(page: Any, target: WritableGeneration) -> Content:
    """Read what the index has of a page. Two statements."""
    chunks = target.vector_table._default_manager.using(target.using).filter(generation=target.generation, page=page.pk)
    pieces = chunks.order_by("position").values_list("heading", "text")
    terms = EntryTerms.objects.using(target.using).filter(generation=target.generation, page=page.pk).first()
    return Content(
        title=page.title,
        pieces=tuple(Piece(*piece) for piece in pieces),
        weights=_weights(terms) if terms else {},
        config=terms.config if terms else target.settings.text_search_config(page.locale.language_code),
    )


def _weights(terms: EntryTerms) -> dict[str, float]:
    vector = terms.weights
    by_position = dict(zip(vector.indices(), vector.values(), strict=True))
    weights = {term: by_position.get(term_position(term), 0.0) for term in terms.terms}
    return {term: weight for term, weight in weights.items() if weight}
