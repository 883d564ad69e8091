"""The package's own analyzers pass what a project's own must pass."""

import pytest

from wagtail_vector_search.analysis import Analyzer
from wagtail_vector_search.analysis.testing import AnalyzerTestMixin


class TestEnglish(AnalyzerTestMixin):
    def get_analyzer(self):
        return Analyzer("en")


class TestGerman(AnalyzerTestMixin):
    def get_analyzer(self):
        return Analyzer("de")


class TestFrench(AnalyzerTestMixin):
    def get_analyzer(self):
        return Analyzer("fr")


class TestTurkish(AnalyzerTestMixin):
    def get_analyzer(self):
        return Analyzer("tr")


class TestArabic(AnalyzerTestMixin):
    def get_analyzer(self):
        return Analyzer("ar")


class TestChinese(AnalyzerTestMixin):
    def get_analyzer(self):
        return Analyzer("zh-hant")


class TestJapanese(AnalyzerTestMixin):
    def get_analyzer(self):
        return Analyzer("ja")


class TestKorean(AnalyzerTestMixin):
    def get_analyzer(self):
        return Analyzer("ko")


class TestUnknownLanguage(AnalyzerTestMixin):
    def get_analyzer(self):
        return Analyzer("")


class Forgetful(Analyzer):
    """Makes other terms of a word the second time."""

    def __init__(self, language_code):
        super().__init__(language_code)
        self.words_read = 0

    def stem(self, word):
        self.words_read += 1
        return f"{word}{self.words_read}"


class OutOfPlace(Analyzer):
    """Says that each word is one letter further on."""

    def tokens(self, text):
        return [token.moved(1) for token in super().tokens(text)]


@pytest.mark.parametrize(
    ("analyzer", "test"),
    [
        (Forgetful, "test_the_same_text_has_the_same_terms_in_every_process"),
        (Forgetful, "test_threads_share_an_analyzer"),
        (OutOfPlace, "test_offsets_are_those_of_words_in_the_text"),
    ],
)
def test_an_analyzer_at_fault_does_not_pass(analyzer, test):
    class Tests(AnalyzerTestMixin):
        def get_analyzer(self):
            return analyzer("en")

    with pytest.raises(AssertionError):
        getattr(Tests(), test)()
