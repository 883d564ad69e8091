"""Whether a page would be found for a query: its place in each of the three ways, why, or what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...database.tables import page_model
from ...generations.writable import WritableGeneration
from ...ranking.formulas import term_weight
from ...retrieval import Legs, MatchedTerm, RankedPage, Ranking, UnsavedPage, highlight, rank_pages
from ...retrieval.loading import ChosenPassage, read_passage
from ..explaining import (
    BOTH,
    MEANING,
    WORDS,
    Way,
    Why,
    closeness,
    coverage,
    missing_words,
    shown_words,
    words_as_typed,
)
from ..wording import describe_degraded
from .content import Content, Piece


@dataclass(frozen=True, slots=True)
class Verdict:
    """The place of a page in one of the three ways."""

    way: Way
    #: Its place, from 1; ``None`` where it is not found.
    rank: int | None
    #: How many pages are found.
    total: int
    #: Why this way of searching was unavailable; empty if it was not.
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """Whether, where and why a page is found for a query."""

    #: The query as search read it; empty when there was nothing to search for.
    query: str
    #: What was searched for in its place; empty when nothing was corrected.
    corrected: str
    #: Combined, by meaning, by words.
    verdicts: tuple[Verdict, ...]
    #: ``None`` where the index did not answer.
    why: Why | None
    #: The passage of the page that answers best, with the words marked; empty if there is none.
    passage: SafeString
    #: The heading above the passage.
    heading: str
    #: What is missing, in sentences, where the page is not found.
    lacking: tuple[str, ...]
    #: Why search used words only; empty if it did not.
    problem: str

    @property
    def found(self) -> bool:
        """Whether a visitor who searches as usual finds the page."""
        return bool(self.verdicts) and self.verdicts[0].rank is not None


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """A query, asked about one page."""

    #: What a visitor would type.
    text: str
    page: Any
    #: What search has of it.
    content: Content
    #: The pages to rank it among: those that the editor may see.
    among: QuerySet[Any]
    target: WritableGeneration
    #: The page as it is in memory, to ask about a draft.
    unsaved: UnsavedPage | None = None
    #: Why search leaves the page out; empty if it does not.
    obstacle: str = ""

    @property
    def language_code(self) -> str:
        """The language of the query: that of the page."""
        return str(self.page.locale.language_code)

    def rank(self, legs: Legs) -> Ranking:
        """Search as a visitor does, in the language of the page."""
        among = self.among.filter(locale=self.page.locale_id)
        index_name = self.target.configured.index_name
        return rank_pages(
            self.text, among, index_name=index_name, legs=legs, language_code=self.language_code, unsaved=self.unsaved
        )


def answer(question: PageQuestion) -> PageAnswer:
    """Search in the three ways and find the place of the page. One embedding at most."""
    ranking = question.rank(Legs.HYBRID)
    verdicts = (
        _judge(BOTH, ranking, question),
        _judge(MEANING, question.rank(Legs.SEMANTIC), question),
        _judge(WORDS, question.rank(Legs.KEYWORD), question),
    )
    why = _explain(question, verdicts, ranking)
    piece = _best_piece(question, ranking)
    return PageAnswer(
        query=ranking.query,
        corrected=ranking.corrected_query,
        verdicts=verdicts if ranking.query else (),
        why=why,
        passage=highlight(piece.text, ranking.terms) if piece else SafeString(""),
        heading=piece.heading if piece else "",
        lacking=tuple(_lacking(question, ranking, why)) if why and verdicts[0].rank is None else (),
        problem=describe_degraded(ranking.degraded_reason) if ranking.degraded else "",
    )


def _judge(way: Way, ranking: Ranking, question: PageQuestion) -> Verdict:
    if not ranking.answered or (way is MEANING and ranking.degraded):
        return Verdict(way, None, 0, describe_degraded(ranking.degraded_reason))
    ranks = {page.page_id: rank for rank, page in enumerate(ranking.pages, start=1)}
    return Verdict(way, ranks.get(question.page.pk), len(ranks))


def _explain(question: PageQuestion, verdicts: Sequence[Verdict], ranking: Ranking) -> Why | None:
    written = words_as_typed(ranking)
    if ranking.details is None:
        return None
    own = _find(question.page, ranking)
    weights, page_count = question.content.weights, ranking.details.generation.page_count
    matched = [
        MatchedTerm(term.text, term_weight(term, page_count) * weights[term.text])
        for term in ranking.details.terms
        if term.text in weights
    ]
    return Why(
        closeness=closeness(ranking, own.similarity) if own else None,
        coverage=coverage(ranking, sum(word.weight for word in matched)) if matched else None,
        semantic_rank=verdicts[1].rank,
        keyword_rank=verdicts[2].rank,
        words=shown_words(matched, written),
        missing=missing_words(ranking, matched, written),
        evidence=own.evidence if own else None,
        needed=ranking.details.cutoff.threshold if ranking.details.cutoff else None,
    )


def _find(page: Any, ranking: Ranking) -> RankedPage | None:
    every = (*ranking.pages, *ranking.left_out)
    return next((each for each in every if each.page_id == page.pk), None)


def _lacking(question: PageQuestion, ranking: Ranking, why: Why) -> list[str]:
    if question.obstacle:
        return [question.obstacle]
    lacking = []
    if why.missing:
        missing = ngettext("%(words)s is not on the page.", "%(words)s are not on the page.", len(why.missing))
        lacking.append(missing % {"words": ", ".join(f"“{word}”" for word in why.missing)})
    if _find(question.page, ranking):
        lacking.append(_("Search considered this page, but it is not a close enough match to show."))
    elif not ranking.pages:
        lacking.append(_("No page is found for this."))
    elif not ranking.degraded:
        lacking.append(_("Other pages are closer in meaning."))
    elif not lacking:
        lacking.append(_("Other pages contain more of the words."))
    return lacking


def _best_piece(question: PageQuestion, ranking: Ranking) -> Piece | None:
    if question.unsaved:
        vector = ranking.passages._vector if ranking.passages else ""
        if not vector or not len(question.unsaved.vectors):
            return None
        similarities = question.unsaved.similarities(vector)
        return question.content.pieces[similarities.index(max(similarities))]
    if not ranking.passages:
        return None
    pages = page_model()._base_manager.using(ranking.using).filter(pk=question.page.pk)
    stored = pages.annotate(_passage=ChosenPassage(ranking.passages)).values_list("_passage", flat=True).first()
    passage = read_passage(stored, ranking.passages)
    return Piece(passage.heading, passage.text) if passage else None
