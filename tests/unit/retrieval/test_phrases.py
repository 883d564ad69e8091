"""A phrase is found where its terms stand side by side."""

import pytest

from wagtail_vector_search.analysis import get_analyzer
from wagtail_vector_search.content.document import HEADING_SEPARATOR
from wagtail_vector_search.retrieval import parse_query
from wagtail_vector_search.retrieval.phrases import Conditions, join_overlapping, split_paragraphs


def conditions(query, *languages):
    return Conditions(parse_query(query), tuple(get_analyzer(code, {}) for code in languages))


def has_phrase(phrase, text, language="en"):
    asked = conditions(f'"{phrase}"', language)
    assert asked.phrases == (phrase,)
    found = asked.has_phrases([text], get_analyzer(language, {}))
    needed = set(asked.wordings(phrase)[0].needed)
    counts = get_analyzer(language, {}).count(text)
    if found:
        assert needed <= counts.frequencies.keys() | counts.secondary.keys()
    return found


@pytest.mark.parametrize(
    ("phrase", "text", "language"),
    [
        ("red herring", "It was a red herring.", "en"),
        ("red herring", "RED HERRINGS!", "en"),
        ("red herring", "red, herring", "en"),
        ("to be or not to be", "To be or not to be: that is the question.", "en"),
        ("e-mail address", "your e-mail address", "en"),
        ("C++ compiler", "A C++ compiler.", "en"),
        ("cafe noir", "un Café noir", "fr"),
        ("Café noir", "un cafe noir", "fr"),
        ("ueber uns", "Über uns", "de"),
        ("rote Heringe", "Die roten Heringe", "de"),
        ("東京大学", "彼は東京大学院に通う。", "ja"),
        ("全文検索", "日本語の全文検索エンジン", "ja"),
        ("京都 大学", "京都大学", "ja"),
        ("北京大學", "我在北京大学读书", "zh"),
        ("서울 도서관", "서울 도서관에서", "ko"),
        ("ภาษาไทย", "เขาพูดภาษาไทยได้", "th"),
    ],
)
def test_words_side_by_side_are_a_phrase(phrase, text, language):
    assert has_phrase(phrase, text, language)


@pytest.mark.parametrize(
    ("phrase", "text", "language"),
    [
        ("red herring", "herring red", "en"),
        ("red herring", "a red smoked herring", "en"),
        ("red herring", "", "en"),
        ("red herring", "red", "en"),
        ("to be or not to be", "to be or", "en"),
        ("to be or not to be", "to be or not to", "en"),
        ("new york", "newer yorkers", "en"),
        ("東京大学", "東京の大学", "ja"),
    ],
)
def test_words_apart_or_in_another_order_are_no_phrase(phrase, text, language):
    assert not has_phrase(phrase, text, language)


def test_a_single_word_in_quotes_is_no_phrase():
    assert conditions('"herring" museum', "en").phrases == ()
    assert conditions("「魚」 museum", "ja").phrases == ()


def test_a_phrase_is_read_in_each_language():
    asked = conditions('"rote Heringe"', "en", "de")
    assert [wording.needed for wording in asked.wordings("rote Heringe")] == [("rote", "hering"), ("rot", "hering")]


def test_an_excluded_word_is_its_term_in_each_language():
    assert conditions("museum -cars", "en").excluded_terms == ("car",)
    assert set(conditions("museum -Heringe", "en", "de").excluded_terms) == {"hering"}


def test_an_excluded_compound_is_excluded_however_it_is_written():
    asked = conditions("museum -wi-fi", "en")
    assert (asked.excluded_terms, asked.excluded_phrases) == (("wifi",), ())


def test_a_stop_word_of_any_language_is_not_excluded():
    assert conditions("museum -the", "en").excluded_terms == ()
    assert conditions("museum -die", "en").excluded_terms == ("die",)
    assert conditions("museum -die", "en", "de").excluded_terms == ()


@pytest.mark.parametrize(
    ("text", "is_excluded"), [("京都の博物館", True), ("東京都の博物館", False), ("大阪の博物館", False)]
)
def test_an_excluded_word_without_spaces_is_compared_as_a_word(text, is_excluded):
    asked = conditions("博物館 -京都", "ja")
    assert asked.excluded_terms == ()
    assert asked.has_excluded([text], get_analyzer("ja", {})) is is_excluded


@pytest.mark.parametrize(("text", "is_excluded"), [("It was a red herring.", True), ("A herring is red.", False)])
def test_an_excluded_phrase_is_compared_as_a_phrase(text, is_excluded):
    asked = conditions('clue -"red herring"', "en")
    assert asked.excluded_terms == ()
    assert asked.has_excluded([text], get_analyzer("en", {})) is is_excluded


def test_texts_that_overlap_are_joined_where_they_do():
    assert join_overlapping("One two. Three four.", "Three four. Five six.") == "One two. Three four. Five six."
    assert join_overlapping("One two.", "Five six.") == "One two.\nFive six."
    assert join_overlapping("a a a", "a a b") == "a a a b"
    assert join_overlapping("", "b") == "\nb"
    assert join_overlapping("an extra", "a cat") == "an extra\na cat"
    assert join_overlapping("全文検索", "検索する") == "全文検索する"


def test_a_page_is_read_by_paragraphs_and_headings():
    heading = f"Large{HEADING_SEPARATOR}Small"
    chunks = [(heading, "One\n\ntwo three"), (heading, "two three four"), ("", "five")]
    assert split_paragraphs("Title", chunks) == ["Title", "Large", "Small", "One", "two three four", "five"]
    assert split_paragraphs("", []) == []
