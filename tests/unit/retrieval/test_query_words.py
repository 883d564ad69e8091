# ruff: noqa: RUF001 (letters of many scripts are the subject)
"""A page is found by its words however the query writes them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_vector_search.analysis import get_analyzer
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

    def test_a_name_without_end_takes_no_time(self):
        analyzer = get_analyzer("en", {})
        counts = analyzer.count("ab_" * 100_000)
        assert counts.length == 100_000
        assert sum(counts.secondary.values()) <= 200_000


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
