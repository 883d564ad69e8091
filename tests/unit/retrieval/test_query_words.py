# ruff: noqa: RUF001 (letters of many scripts are the subject)
"""A page is found by its words however the query writes them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_vector_search.analysis import get_analyzer, title_term
from wagtail_vector_search.analysis.analyzer import LONGEST_TERM
from wagtail_vector_search.ranking import constants
from wagtail_vector_search.retrieval.query import analyse_query, weigh


def found_by(query, text, language_code="en"):
    """Terms of the text that a query looks up, with their weight."""
    analyzer = get_analyzer(language_code, {})
    counts = analyzer.count(text)
    known = {*counts.frequencies, *counts.secondary}
    read = analyse_query(query, [analyzer])
    terms = weigh(read, {term: 1 for term in read.terms if term in known})
    return {term.text: term.frequency for term in terms if term.text in known}


class TestNamesOfCode:
    @pytest.mark.parametrize(
        ("name", "written"),
        [
            ("WAGTAILADMIN_BASE_URL", "Set WAGTAILADMIN_BASE_URL."),
            ("wagtailadmin_base_url", "Set WAGTAILADMIN_BASE_URL."),
            ("base url", "Set WAGTAILADMIN_BASE_URL."),
            ("page_published", "page_published, page_unpublished"),
            ("page published", "page_published, page_unpublished"),
            ("os.path", "os.path and foo::bar"),
            ("foo::bar", "os.path and foo::bar"),
            ("path", "os.path and foo::bar"),
            ("search_score", "page.search_score"),
            ("score", "page.search_score"),
            ("StreamField", "A StreamField holds blocks"),
            ("streamfield", "A StreamField holds blocks"),
            ("stream field", "A StreamField holds blocks"),
            ("stream_field", "A StreamField holds blocks"),
            ("StreamField", "Of stream_field"),
            ("field", "A StreamField holds blocks"),
            ("server", "HTTPServer"),
            ("http server", "HTTPServer"),
            ("__init__", "Call __init__ and __all_names__"),
            ("init", "Call __init__ and __all_names__"),
            ("all_names", "Call __init__ and __all_names__"),
        ],
    )
    def test_a_name_is_found_whole_and_by_its_parts(self, name, written):
        assert found_by(name, written)

    def test_a_name_as_a_whole_counts_more_than_its_words(self):
        whole, apart = (sum(found_by("page_published", text).values()) for text in ("page_published", "published page"))
        assert whole > apart


#: Written without a space, each took an analyzer minutes or made a term too long for an index of PostgreSQL.
ENDLESS = [
    "ab_", "a.b", "a'b’", "1.", "1,", "1.2a", "a1", "aBcDE", "A", "x", "é", "1", "1-", "a-b/", "c++", "I\u0307",
    "e\u0301", "\u0301", "\u200d", "中国", "カタカナ", "การค้น", "검색은", "ﷺ", "!", "1 ", "a & ", "1+1 2",
]  # fmt: skip


class TestTextWithoutEnd:
    @pytest.mark.parametrize("language_code", ["en", "ja", "tr"])
    @pytest.mark.parametrize("part", ENDLESS)
    def test_its_terms_are_short_and_not_more_than_its_letters(self, part, language_code):
        text = "1 2 x " + part * 3_000 + "!1" + "a" * 10_000
        counts = get_analyzer(language_code, {}).count(text)
        assert counts.length <= len(text)
        assert sum(counts.frequencies.values()) + sum(counts.secondary.values()) <= 5 * len(text)
        assert max(map(len, [*counts.frequencies, *counts.secondary])) <= 2 * LONGEST_TERM

    def test_a_number_that_is_cut_has_no_empty_part(self):
        counts = get_analyzer("en", {}).count("1" * (LONGEST_TERM - 1) + ".5")
        assert all([*counts.frequencies, *counts.secondary])

    def test_a_long_word_with_one_digit_beside_a_telephone_number_is_read_once(self):
        counts = get_analyzer("en", {}).count("1 2 x " + "a" * 10_000 + "1" + "a" * 10_000)
        assert counts.length == 4


class TestScriptsWithoutSpaces:
    @pytest.mark.parametrize(
        ("part", "whole", "language"),
        [
            ("搜索", "中文搜索", "zh-hans"),
            ("中文", "中文搜索", "zh-hans"),
            ("搜索", "中文。Wagtail搜索", "zh-hans"),
            ("wagtail", "中文。Wagtail搜索", "zh-hans"),
            ("猫", "猫在这里", "zh-hans"),
            ("検索", "全文検索機能", "ja"),
            ("검색", "검색은", "ko"),
            ("ค้นหา", "การค้นหาข้อมูล", "th"),
            ("搜索", "A page about 中文搜索", "en"),
            ("検索", "A page about 全文検索機能", "en"),
        ],
    )
    def test_a_part_of_a_run_is_found_in_it(self, part, whole, language):
        assert found_by(part, whole, language)

    @pytest.mark.parametrize(
        ("query", "text", "language"),
        [("ｶﾞｲﾄﾞ", "ガイド", "ja"), ("ガイド", "ｶﾞｲﾄﾞ", "ja"), ("ＡＢＣ", "abc", "ja"), ("abc", "ＡＢＣ", "en")],
    )
    def test_letters_of_half_and_full_width_are_the_same(self, query, text, language):
        assert found_by(query, text, language)

    def test_pairs_of_letters_of_half_and_full_width_are_the_same(self):
        analyzer = get_analyzer("ja", {})
        assert analyzer.count("ｶﾞｲﾄﾞ").frequencies == analyzer.count("ガイド").frequencies

    @pytest.mark.parametrize("word", ["ค้นหา", "ข้อมูล", "ស្វែងរក", "ရှာဖွေ", "ຄົ້ນຫາ"])
    def test_a_tone_or_vowel_sign_is_not_torn_from_its_letter(self, word):
        terms = get_analyzer("th", {}).count(word).frequencies
        assert not [term for term in terms if unicodedata.category(term[0])[0] == "M"]

    def test_half_of_a_chinese_word_is_no_word_of_the_query(self):
        assert not found_by("中国", "国中央", "zh-hans")

    @given(st.text())
    def test_words_of_scripts_with_spaces_survive(self, text):
        assert get_analyzer("en", {}).count(f"wagtail {text}").frequencies["wagtail"] >= 1


@pytest.mark.parametrize(
    "word", ["aB{0}Cd{0}Ef{0}", "äöé{0}üß", "1.{0}.{0}.3", "ab{0}-", "{0}", "l'été{0}", "カタカナ{0}と漢字"]
)
@pytest.mark.parametrize("languages", [("en",), ("en", "de", "fr", "tr", "ja", "fi")])
def test_terms_to_look_up_are_capped_however_they_are_written(word, languages):
    text = " ".join(word.format(f"{number:04}") for number in range(1000))
    query = analyse_query(text, [get_analyzer(code, {}) for code in languages])
    assert constants.MAX_TERMS / 2 < sum(len(word.terms) for word in query.words) <= constants.MAX_TERMS
    assert sum(len(word.terms) + len(word.extras) for word in query.words) <= constants.MAX_TERMS
    assert len(query.terms) <= constants.MAX_TERMS + constants.MAX_JOINED + len(languages)
    assert len(weigh(query, dict.fromkeys(query.terms, 1))) <= constants.MAX_TERMS + constants.MAX_JOINED


def test_a_query_of_ordinary_length_loses_nothing():
    query = analyse_query(" ".join(f"StreamField{letter}" for letter in "abcdef"), [get_analyzer("en", {})])
    assert len(query.words) == 6
    assert all({"stream", "field"} & set(word.extras) for word in query.words)


@pytest.mark.parametrize("text", ["\u200d", "\u0301", "ـ", "ʻ", "ʹ", "ʻ ـ \u200d", "\u064e", "x\u200d ـ"])
def test_marks_are_no_word_and_no_word_is_without_letters(text):
    analyzer = get_analyzer("en", {})
    counts = analyzer.count(text)
    terms = {*counts.frequencies, *counts.secondary, *(token.term for token in analyzer.tokens(text))}
    assert terms <= {"x", "ـ", "ʻ", "ʹ"}
    assert title_term(analyzer.tokens(text)) != "="
