"""The draft of a page as it would be indexed: read, cut and embedded in memory. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ...analysis import get_analyzer
from ...content import hash_text
from ...database.sparse_vectors import MAX_NONZERO
from ...database.vectors import vector_literal
from ...exceptions import ProviderError
from ...generations.writable import WritableGeneration
from ...health import circuit_key, get_open_circuit
from ...indexing.embedding import embed_texts
from ...indexing.failures import describe_failure
from ...indexing.keyword_rows import document_weights
from ...indexing.own_rules import find_kept_out
from ...indexing.preparation import prepare_page
from ...indexing.survey import skip_reason, survey
from ...indexing.terms import count_terms
from ...models.entries import SkipReason
from ...retrieval import Legs, UnsavedPage, load_pages
from ...retrieval.candidates import find_candidates
from ...retrieval.related import rank_nearest
from ...retrieval.search import prepare_search
from ..wording import describe_error, describe_state
from .content import Content, Piece

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


#: Passages of a draft that are embedded while an editor waits.
MOST_EMBEDDED = 500


class DraftError(Exception):
    """The draft cannot be checked; the message is for the editor.

    Args:
        message: What is wrong, in the editor's words.
        technical: What a developer needs to know, redacted.
    """

    def __init__(self, message: str, technical: str = "") -> None:
        super().__init__(message)
        self.technical = technical


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it would be indexed."""

    #: What search would have of it.
    content: Content
    #: The same, for ``rank_pages``.
    unsaved: UnsavedPage
    #: Why search would leave the page out even if it were published; empty if it would not.
    obstacle: str


def may_embed_drafts(target: WritableGeneration) -> bool:
    """Return whether text that is not published may be embedded: in this process, or where the settings allow it.

    Raises:
        ProviderConfigurationError: the provider cannot be set up any more.
    """
    return target.provider.is_local or target.settings.embed_drafts


def read_draft(page: Any, target: WritableGeneration) -> Draft:
    """Read the latest revision of a page as it would be indexed. Writes nothing.

    Args:
        page: As it is stored.
        target: The generation that serves.

    Raises:
        DraftError: it may not be embedded, or could not be.
    """
    (candidate,) = survey(target, [page.pk])
    reason = skip_reason(replace(candidate, live=True), target.settings)
    errors: dict[Any, str] = {}
    # A rule may ask for live pages only, and the draft of another is not in the database to be asked about.
    if reason is None and candidate.live and find_kept_out([candidate], target.using, errors):
        reason = SkipReason.OWN_RULE
    if errors:
        raise DraftError(_("Search could not read this draft."), errors[candidate.page_id])
    if not may_embed_drafts(target):
        raise DraftError(_("Drafts are not sent to the service that finds pages by meaning."))
    if not target.provider.is_local:
        if reason is SkipReason.PRIVATE:
            raise DraftError(_("This page is private: it is not sent to the service that finds pages by meaning."))
        if reason is SkipReason.OWN_RULE:
            raise DraftError(describe_state("skipped", reason).sentence)
        if outage := get_open_circuit(circuit_key(target.generation.configuration)):
            raise DraftError(describe_error("ProviderUnavailableError"), outage.detail)
    try:
        draft = page.get_latest_revision_as_object()
        prepared = prepare_page(draft, page.locale.language_code, target)
    except Exception as exc:  # a page's own code may raise anything
        raise DraftError(_("Search could not read this draft."), describe_failure(exc)) from None
    (terms,) = count_terms([prepared], target.settings)
    weights = dict(zip(terms.terms, document_weights(terms, target.generation.average_length).tolist(), strict=True))
    heaviest = {term: weights[term] for term in nlargest(MAX_NONZERO, weights, key=weights.__getitem__)}
    pieces = tuple(Piece(chunk.heading, chunk.text) for chunk in prepared.chunks)
    return Draft(
        content=Content(
            prepared.document.title, pieces, heaviest, get_analyzer(prepared.language_code, target.settings.analyzers)
        ),
        unsaved=UnsavedPage(
            page.pk,
            heaviest,
            _vectors(page, prepared.texts(), target),
            prepared.language_code,
            prepared.document.title,
            tuple((chunk.heading, chunk.text) for chunk in prepared.chunks),
        ),
        obstacle=describe_state("skipped", reason).sentence if reason else "",
    )


def _vectors(page: Any, texts: Sequence[str], target: WritableGeneration) -> NDArray[np.float32]:
    """Return the vectors of the passages. Those of the published page come from the index, as in a publish."""
    import numpy as np

    hashes = [hash_text(text) for text in texts]
    chunks: Any = target.vector_table._default_manager.using(target.using)
    stored = chunks.filter(generation=target.generation, page=page.pk).filter(text_hash__in=hashes)
    # pgvector returns a list or a vector of its own, depending on its version.
    vectors: dict[str, Any] = {
        digest: getattr(vector, "to_list", lambda found=vector: found)()
        for digest, vector in stored.values_list("text_hash", "embedding")
    }
    new = {digest: text for digest, text in zip(hashes, texts, strict=True) if digest not in vectors}
    if len(new) > MOST_EMBEDDED:
        raise DraftError(_("This draft is too long to check here."))
    if new:
        embedded = embed_texts(target.provider, list(new.values()), dimensions=target.generation.dimensions)
        error: ProviderError | None = embedded.outage or next(iter(embedded.errors.values()), None)
        if error:
            technical = describe_failure(error, list(new.values()))
            raise DraftError(describe_error(technical), technical)
        vectors |= {digest: embedded.vectors[position] for position, digest in enumerate(new)}
    rows = [vectors[digest] for digest in hashes if digest in vectors]
    halves = np.array(rows, dtype=np.float16).reshape(-1, target.generation.dimensions).astype(np.float32)
    return halves / np.linalg.norm(halves, axis=1, keepdims=True)


def related_to_draft(
    draft: UnsavedPage, page: Any, among: QuerySet[Any], target: WritableGeneration, limit: int
) -> list[Any]:
    """Return the pages nearest in meaning to a draft, in its locale, without its translations.

    Args:
        draft: As it would be indexed.
        page: As it is stored.
        among: Pages that may be returned.
        target: The generation that serves.
        limit: The most pages to return.
    """
    others = among.exclude(Q(pk=page.pk) | Q(translation_key=page.translation_key)).filter(locale=page.locale_id)
    candidates = find_candidates(others)
    search = prepare_search("", candidates, target.configured, "", legs=Legs.SEMANTIC) if candidates else None
    if search is None or not search.has_candidates or not len(draft.vectors):
        return []
    mean = vector_literal(draft.vectors.mean(axis=0))
    return load_pages(rank_nearest(mean, search, limit), others)
