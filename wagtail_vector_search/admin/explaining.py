"""Why a page is found, as a template shows it: the three ways of searching, strengths with a bar, words as typed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..analysis import Analyzer
from ..ranking import formulas
from ..retrieval import Explanation, Legs, MatchedTerm, Ranking

# What the closeness in meaning is called, from this share on.
_VERY_CLOSE, _CLOSE, _WEAK = 0.7, 0.4, 0.15

_TOKEN = re.compile(r"[^\W_]+")


class Way(NamedTuple):
    """One of the three ways of searching."""

    #: In identifiers and addresses.
    name: str
    #: For an editor.
    label: str | Promise
    #: What ``rank_pages`` runs.
    legs: Legs


MEANING = Way("meaning", gettext_lazy("By meaning"), Legs.SEMANTIC)
WORDS = Way("words", gettext_lazy("By words"), Legs.KEYWORD)
BOTH = Way("both", gettext_lazy("Combined"), Legs.HYBRID)


@dataclass(frozen=True, slots=True)
class Strength:
    """A number with a bar."""

    #: As it was computed.
    value: float
    #: Length of the bar, 0 to 100.
    percent: int
    #: In words; empty where there are none.
    label: str = ""


@dataclass(frozen=True, slots=True)
class ShownWord:
    """A word of the query that is on the page."""

    #: As the visitor typed it.
    text: str
    #: What it adds to the score by words.
    weight: float
    #: The same in percent of the heaviest.
    percent: int


@dataclass(frozen=True, slots=True)
class Why:
    """Why a page is found, or is not."""

    #: Of its closest passage to the query, in meaning: 0 is noise, 100 as close as a page is to its own title. ``None``
    #: where no similarity is known.
    closeness: Strength | None
    #: How much of the query its words make up; ``None`` when it has none of them.
    coverage: Strength | None
    #: Place by meaning, from 1; ``None`` when meaning did not find it.
    semantic_rank: int | None
    #: Place by words, from 1; ``None`` when words did not find it.
    keyword_rank: int | None
    #: Words of the query that are on the page, heaviest first.
    words: tuple[ShownWord, ...]
    #: Words of the query that are not.
    missing: tuple[str, ...]
    #: The total match; ``None`` where there is no cut-off.
    evidence: float | None = None
    #: The minimum that the cut-off asks for; ``None`` where there is none.
    needed: float | None = None

    @property
    def sentence(self) -> str:
        """Which search found the page by itself."""
        if self.semantic_rank and self.keyword_rank:
            return _("Found by its meaning and by its words.")
        if self.semantic_rank:
            found = _("Found by its meaning.")
            return found if self.words else _("Found by its meaning; none of the words is on the page.")
        return _("Found by its words.") if self.keyword_rank else _("Found by its meaning and its words together.")


def explain_result(explanation: Explanation, ranking: Ranking, written: Mapping[str, str]) -> Why:
    """Return why a page is among the results.

    Args:
        explanation: Of the page, from ``results.explain()`` or ``explain_pages``.
        ranking: What it is explained from.
        written: From ``words_as_typed``.
    """
    return Why(
        closeness=closeness(ranking, explanation.similarity),
        coverage=coverage(ranking, explanation.keyword_score),
        semantic_rank=explanation.semantic_rank,
        keyword_rank=explanation.keyword_rank,
        words=shown_words(explanation.terms, written),
        missing=missing_words(ranking, explanation.terms, written),
        evidence=explanation.evidence,
        needed=explanation.cutoff,
    )


def words_as_typed(ranking: Ranking) -> Mapping[str, str]:
    """Return for each term of a query the word that was typed; of a corrected query, the corrected word."""
    return ranking.details.typed if ranking.details else {}


def whole_words(terms: Collection[str], text: str, analyzer: Analyzer) -> dict[str, str]:
    """Return for each term the word of a text that it was made of, as it is written most often.

    Args:
        terms: As they are indexed.
        text: Where their words stand.
        analyzer: What made the terms.
    """
    written: dict[str, Counter[str]] = {term: Counter() for term in terms}
    for token in analyzer.tokens(text):
        for start, end, term, _kind in token.readings:
            if term in written:
                written[term][text[start:end]] += 1
    return {term: words.most_common(1)[0][0] if words else term for term, words in written.items()}


def replaced_words(ranking: Ranking) -> tuple[str, ...]:
    """Return the words of a query that search has replaced, as typed, each once; empty if it replaced none."""
    if not ranking.corrected_query:
        return ()
    typed, searched = _TOKEN.findall(ranking.query), _TOKEN.findall(ranking.corrected_query)
    return tuple(dict.fromkeys(old for old, new in zip(typed, searched, strict=False) if old != new))


def closeness(ranking: Ranking, similarity: float | None) -> Strength | None:
    """Return how close a page is in meaning.

    Args:
        ranking: Of the query: its generation knows what is close and what is noise for its model.
        similarity: Cosine similarity of the page; ``None`` if meaning did not find it.
    """
    if similarity is None:
        return None
    generation = ranking.details.generation if ranking.details else None
    background = generation.background_similarity if generation else None
    title = generation.title_similarity if generation else None
    if background is None or title is None or background >= 1:
        share = similarity
    else:
        share = formulas.nearness(similarity, background, title)
    if share >= _VERY_CLOSE:
        label = _("very close")
    elif share >= _CLOSE:
        label = _("close")
    else:
        label = _("weak") if share >= _WEAK else _("none")
    return Strength(similarity, _percent(share), label)


def coverage(ranking: Ranking, keyword_score: float | None) -> Strength | None:
    """Return how much of the query the words of a page make up.

    Args:
        ranking: Of the query.
        keyword_score: BM25 score of the page; ``None`` if words did not find it.
    """
    if keyword_score is None or ranking.details is None:
        return None
    best = formulas.max_score(ranking.details.terms, ranking.details.generation.page_count)
    return Strength(keyword_score, _percent(keyword_score / best if best else 0.0))


def shown_words(words: Iterable[MatchedTerm], written: Mapping[str, str]) -> tuple[ShownWord, ...]:
    """Return the words that are on a page, as typed, heaviest first."""
    heaviest_first = sorted(words, key=lambda word: (-word.weight, word.term))
    most = heaviest_first[0].weight if heaviest_first else 0.0
    return tuple(
        ShownWord(written.get(word.term, word.term), word.weight, _percent(word.weight / most if most else 0.0))
        for word in heaviest_first
    )


def missing_words(ranking: Ranking, words: Iterable[MatchedTerm], written: Mapping[str, str]) -> tuple[str, ...]:
    """Return the words of a query that are not on a page, as typed, each once."""
    found = {word.term for word in words}
    return tuple(dict.fromkeys(written.get(term, term) for term in ranking.terms if term not in found))


def _percent(share: float) -> int:
    return round(100 * min(max(share, 0.0), 1.0))
