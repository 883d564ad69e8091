"""Why a page is found, as a template shows it: the three ways of searching, strengths with a bar, words as written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..conf import get_index_settings
from ..ranking import formulas
from ..retrieval import Explanation, Legs, MatchedTerm, Ranking
from .whole_words import whole_words

# What the nearness in meaning is called, from this share on.
_VERY_NEAR, _NEAR, _RATHER_FAR = 0.7, 0.4, 0.15


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
BOTH = Way("both", gettext_lazy("By both together"), Legs.HYBRID)


@dataclass(frozen=True, slots=True)
class Strength:
    """A number with a bar."""

    #: As it was computed, for those who want to know.
    value: float
    #: Length of the bar, 0 to 100.
    percent: int
    #: In words; empty where there are none.
    label: str = ""


@dataclass(frozen=True, slots=True)
class ShownWord:
    """A word of the query that stands on the page."""

    #: As somebody wrote it.
    text: str
    #: What it adds to the score by words.
    weight: float
    #: The same, compared with the heaviest.
    percent: int


@dataclass(frozen=True, slots=True)
class Why:
    """Why a page is found, or is not."""

    #: How near its nearest passage is to the query in meaning: 0 is noise, 100 as near as a page is to its own title.
    #: ``None`` when meaning did not find it.
    nearness: Strength | None
    #: How much of the query its words make up. ``None`` when words did not find it.
    coverage: Strength | None
    #: Place by meaning, from 1; ``None`` when meaning did not find it.
    semantic_rank: int | None
    #: Place by words, from 1; ``None`` when words did not find it.
    keyword_rank: int | None
    #: Words of the query that stand on the page, heaviest first.
    words: tuple[ShownWord, ...]
    #: Words of the query that do not.
    missing: tuple[str, ...]
    #: All that speaks for it; ``None`` where no cut-off is in effect.
    evidence: float | None = None
    #: What the cut-off asks for; ``None`` where there is none.
    needed: float | None = None

    @property
    def is_enough(self) -> bool:
        """Whether the cut-off lets the page through."""
        return self.evidence is None or self.needed is None or self.evidence >= self.needed

    @property
    def sentence(self) -> str:
        """What found the page."""
        if self.nearness and self.coverage:
            return _("Found by its meaning and by its words.")
        if self.nearness:
            return _("Found by its meaning; none of the words stands on the page.")
        return _("Found by its words.") if self.coverage else _("Not found.")


def explain_result(explanation: Explanation, ranking: Ranking, written: Mapping[str, str]) -> Why:
    """Return why a page is among the results.

    Args:
        explanation: Of the page, from ``results.explain()`` or ``explain_pages``.
        ranking: What it is explained from.
        written: From ``words_as_typed``.
    """
    return Why(
        nearness=nearness(ranking, explanation.similarity),
        coverage=coverage(ranking, explanation.keyword_score),
        semantic_rank=explanation.semantic_rank,
        keyword_rank=explanation.keyword_rank,
        words=shown_words(explanation.terms, written),
        missing=missing_words(ranking, explanation.terms, written),
        evidence=explanation.evidence,
        needed=explanation.cutoff,
    )


def words_as_typed(ranking: Ranking, index_name: str, language_code: str) -> dict[str, str]:
    """Return for each term of a query the word that was typed; of a corrected query, the corrected word.

    One statement; none where the index did not answer.

    Args:
        ranking: Of the query.
        index_name: Of the index.
        language_code: Of the query, as ``rank_pages`` was given it.
    """
    if not ranking.terms:
        return {}
    config = get_index_settings(index_name).text_search_config(language_code)
    return whole_words(ranking.terms, ranking.corrected_query or ranking.query, config, ranking.using)


def nearness(ranking: Ranking, similarity: float | None) -> Strength | None:
    """Return the nearness of a page in meaning.

    Args:
        ranking: Of the query: its index knows what is near and what is noise for its model.
        similarity: Cosine similarity of the page; ``None`` if meaning did not find it.
    """
    if similarity is None:
        return None
    share = _share_of_title(ranking, similarity)
    return Strength(similarity, _percent(share), _describe_nearness(share))


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
    """Return the words that stand on a page, as written, heaviest first."""
    heaviest_first = sorted(words, key=lambda word: (-word.weight, word.term))
    most = heaviest_first[0].weight if heaviest_first else 0.0
    return tuple(
        ShownWord(written.get(word.term, word.term), word.weight, _percent(word.weight / most if most else 0.0))
        for word in heaviest_first
    )


def missing_words(ranking: Ranking, words: Iterable[MatchedTerm], written: Mapping[str, str]) -> tuple[str, ...]:
    """Return the words of a query that do not stand on a page, as typed, each once."""
    found = {word.term for word in words}
    return tuple(dict.fromkeys(written.get(term, term) for term in ranking.terms if term not in found))


def _share_of_title(ranking: Ranking, similarity: float) -> float:
    generation = ranking.details.generation if ranking.details else None
    background = generation.background_similarity if generation else None
    title = generation.title_similarity if generation else None
    if background is None or title is None or background >= 1:
        return similarity
    return formulas.nearness(similarity, background, title)


def _describe_nearness(share: float) -> str:
    if share >= _VERY_NEAR:
        return _("very near")
    if share >= _NEAR:
        return _("near")
    return _("rather far") if share >= _RATHER_FAR else _("far")


def _percent(share: float) -> int:
    return round(100 * min(max(share, 0.0), 1.0))
