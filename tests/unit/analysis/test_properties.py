"""What holds for any text whatever."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.matching import finds
from wagtail_vector_search.analysis import get_analyzer, title_term
from wagtail_vector_search.analysis.folding import fold, lower

LANGUAGES = ["en", "de", "fr", "tr", "el", "ar", "fa", "uk", "vi", "zh-hans", "zh-hant", "ja", "ko", "th", ""]
LETTERS = "abzAZİıßäöüéñœæΣςσйїёأىکی茶臺図검색กำ1२٣½²ﬁＡ\u0301\u0327\u200d\u200c\u00ad"
SIGNS = " \n-_/.,:;'’\"״&+#@()<>°€·×‐–—…"
any_text = st.text(max_size=60) | st.text(LETTERS + SIGNS, max_size=60)
words = st.text("abcdeäéßçñőığ", min_size=2, max_size=8)


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=40, deadline=None)
@given(text=any_text)
@example("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s")
@example("1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18")
@example("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18")
@example("İ" * 50)
@example("ﷺ" * 50)
def test_offsets_are_within_the_text_and_in_order(language, text):
    end = 0
    for token in get_analyzer(language, {}).tokens(text):
        assert end <= token.start < token.end <= len(text)
        end = token.end
        assert not text[token.start : token.end].isspace()
        assert token.term
        for extra in token.extras:
            assert 0 <= extra.start < extra.end <= len(text)
            assert extra.term


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=40, deadline=None)
@given(text=any_text)
@example("a" * 1500 + "-b " + "c'" * 600 + " 12 " + "3,4" * 400)
@example("図書館の本" * 400)
def test_counting_and_reading_find_the_same_terms(language, text):
    analyzer = get_analyzer(language, {})
    counts, tokens = analyzer.count(text), analyzer.tokens(text)
    read = {token.term for token in tokens} | {extra.term for token in tokens for extra in token.extras}
    assert {*counts.frequencies, *counts.secondary} == read
    assert counts.length == sum(not token.is_stop_word for token in tokens)


@settings(max_examples=100, deadline=None)
@given(text=st.lists(words, max_size=6).map(" ".join), language=st.sampled_from(LANGUAGES))
def test_letters_composed_and_apart_have_the_same_terms(text, language):
    analyzer = get_analyzer(language, {})
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert [token.term for token in analyzer.tokens(composed)] == [token.term for token in analyzer.tokens(apart)]
    assert title_term(analyzer.tokens(composed)) == title_term(analyzer.tokens(apart))


@settings(max_examples=150, deadline=None)
@given(text=any_text, language=st.sampled_from(LANGUAGES))
def test_a_text_is_found_by_itself(text, language):
    if get_analyzer(language, {}).tokens(text):
        assert finds(text, text, language)


@settings(max_examples=100, deadline=None)
@given(first=words, second=words, sign=st.sampled_from("-/‐–_.·"))
def test_a_compound_is_found_by_its_words_and_as_one_word(first, second, sign):
    text = f"{first}{sign}{second}"
    assert finds(f"{first} {second}", text, "xx")
    assert finds(first + second, text, "xx")


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_folding_twice_changes_nothing(text):
    once = fold(lower(text, "en"))
    assert fold(once) == once
