"""Tests that every analyzer must pass, for a project's own, too.

In a test module::

    class TestMyAnalyzer(AnalyzerTestMixin):
        def get_analyzer(self):
            return MyAnalyzer("cs", stems="stems.txt")

Needs neither a database nor pytest itself, unless the analyzer does.
"""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor

from .analyzer import Analyzer

#: What texts are made of: words, names, numbers, signs and scripts of all kinds.
TEXTS = (
    "",
    " \n\t ",
    "?! … —",
    "The opening hours of the library, and who we are.",
    "Annual report 2019-2020 (COVID-19), client/server, state-of-the-art e-mail",
    "C++, C#, .NET, R&D, AT & T, U.S.A., A+",
    "page_published, StreamField, os.path.join, https://www.example.org/en/pensions?x=1, a.b@example.org",
    "020 7946 0958, LE5 2EL, AB-1234/C, 1,000,000, 3.14, v7.4.1, 31.12.2024, 20×30",
    "L’école d’été, dell'acqua, O'Brien, об'єкт, İstanbul’da, צה״ל",
    "José Muñoz, Łódź, Straße, proﬁt, ＡＢＣ, ΟΔΟΣ, IŞIK, Điện Biên Phủ",
    "أحمد في مدرسة, کتاب‌های, סִפְרִיָּה, हिन्दी",
    "图书馆和臺北, 図書館の本, 도서관에서, ห้องสมุดอยู่ที่ไหน, បណ្ណាល័យ",
    "📚🕘 e\u0301te\u0301 z\u0301\u0327\u0301 \u200d \u0301",
)


class AnalyzerTestMixin:
    """Put in front of a test class; ``get_analyzer`` is all it has to define."""

    #: Texts of the project's own that are analysed, too.
    texts: tuple[str, ...] = ()

    def get_analyzer(self) -> Analyzer:
        """Return a new analyzer, equal to the one before."""
        raise NotImplementedError(f"{type(self).__name__} must define get_analyzer().")

    @property
    def _texts(self) -> tuple[str, ...]:
        return (*TEXTS, *self.texts)

    def test_offsets_are_those_of_words_in_the_text(self) -> None:
        """Highlighting marks what they say."""
        analyzer = self.get_analyzer()
        for text in self._texts:
            end = 0
            for token in analyzer.tokens(text):
                where = f"{text[token.start : token.end]!r} at {token.start} to {token.end} of {text!r}"
                _expect(0 <= token.start < token.end <= len(text), f"offsets are outside the text: {where}")
                _expect(token.start >= end, f"a token begins before the last one ends: {where}")
                end = token.end
                has_letters = any(char.isalnum() or unicodedata.category(char)[0] == "M" for char in where)
                _expect(has_letters, f"a token without letters: {where}")
                for extra in token.extras:
                    _expect(0 <= extra.start < extra.end <= len(text), f"{extra} is outside the text: {where}")

    def test_every_token_has_a_term(self) -> None:
        """An empty term would be equal to every other empty one."""
        analyzer = self.get_analyzer()
        for text in self._texts:
            for token in analyzer.tokens(text):
                terms = [token.term, *(extra.term for extra in token.extras)]
                _expect(all(terms), f"an empty term for {text[token.start : token.end]!r}")

    def test_counting_and_reading_agree(self) -> None:
        """Pages are counted, queries and passages are read."""
        analyzer = self.get_analyzer()
        for text in self._texts:
            counts, tokens = analyzer.count(text), analyzer.tokens(text)
            read = {extra.term for token in tokens for extra in token.extras} | {token.term for token in tokens}
            _expect(
                read == {*counts.frequencies, *counts.secondary}, f"count() has other terms than tokens(): {text!r}"
            )
            _expect(read == analyzer.terms(text), f"terms() has other terms than tokens(): {text!r}")
            length = sum(not token.is_stop_word for token in tokens)
            _expect(counts.length == length, f"count() says {counts.length} words, tokens() {length}: {text!r}")

    def test_a_text_without_words_has_no_terms(self) -> None:
        """Neither empty text nor signs alone."""
        analyzer = self.get_analyzer()
        for text in ("", " \n\t ", "?! …"):
            _expect(analyzer.tokens(text) == [], f"tokens({text!r}) is not empty")
            _expect(analyzer.count(text).length == 0, f"count({text!r}) finds words")

    def test_the_same_text_has_the_same_terms_in_every_process(self) -> None:
        """Two processes write one index, whatever each has read before."""
        first, second = self.get_analyzer(), self.get_analyzer()
        for text in self._texts:
            first.tokens(text)
        for text in reversed(self._texts):
            _expect(first.tokens(text) == second.tokens(text), f"two analyzers make different terms of {text!r}")

    def test_words_do_not_hang_on_the_texts_that_are_prepared_with_them(self) -> None:
        """Pages are prepared in batches of any size, queries are not prepared."""
        prepared, alone = self.get_analyzer(), self.get_analyzer()
        prepared.prepare(self._texts)
        for text in self._texts:
            _expect(prepared.count(text) == alone.count(text), f"prepare() changes the terms of {text!r}")

    def test_the_fingerprint_stays(self) -> None:
        """An index whose fingerprint changes is built again."""
        analyzer = self.get_analyzer()
        before = analyzer.fingerprint()
        for text in self._texts:
            analyzer.count(text)
        _expect(analyzer.fingerprint() == before, "the fingerprint changes while the analyzer is used")
        _expect(self.get_analyzer().fingerprint() == before, "two equal analyzers have different fingerprints")

    def test_letters_composed_and_apart_are_one_word(self) -> None:
        """A file name of macOS, and what is copied from it, has accents apart."""
        analyzer = self.get_analyzer()
        for text in self._texts:
            composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
            terms = [[token.term for token in analyzer.tokens(text)] for text in (composed, apart)]
            _expect(terms[0] == terms[1], f"composed and apart differ: {text!r} is {terms[0]} and {terms[1]}")

    def test_threads_share_an_analyzer(self) -> None:
        """A server's threads search at the same time."""
        shared, texts = self.get_analyzer(), self._texts * 20
        expected = [self.get_analyzer().count(text) for text in self._texts] * 20
        with ThreadPoolExecutor(8) as pool:
            _expect(list(pool.map(shared.count, texts)) == expected, "threads disturb each other")


def _expect(condition: bool, otherwise: str) -> None:
    if not condition:
        raise AssertionError(otherwise)
