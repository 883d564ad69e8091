# ruff: noqa: RUF001 (letters of many scripts are the subject)
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_vector_search.content import clean_text, heading_anchor
from wagtail_vector_search.content.text import QUARTERS, clean_line, count_quarter_words

ANY_CHARACTER = st.characters(codec=None, categories=None)


class TestCleanText:
    @pytest.mark.parametrize(
        ("dirty", "clean"),
        [
            ("foo\x00bar", "foobar"),
            ("foo\ud800bar\udfff", "foobar"),
            ("bell\x07 escape\x1b[0m", "bell escape[0m"),
            ("soft\u00adhyphen zero\u200bwidth \ufeffmark", "softhyphen zerowidth mark"),
            ("\u202egnp.exe\u202c \u2066isolated\u2069", "gnp.exe isolated"),
            ("hidden\U000e0041\U000e0042", "hidden"),
        ],
    )
    def test_what_no_database_or_reader_can_use_is_removed(self, dirty, clean):
        assert clean_text(dirty) == clean

    def test_right_to_left_marks_go_and_the_letters_stay(self):
        assert clean_text("\u200fשלום \u061cمرحبا\u200e بكم") == "שלום مرحبا بكم"

    def test_vowel_signs_of_arabic_and_hebrew_stay(self):
        assert clean_text("العَرَبِيَّة שָׁלוֹם") == unicodedata.normalize("NFC", "العَرَبِيَّة שָׁלוֹם")

    def test_joiners_that_spell_words_and_emoji_stay(self):
        assert clean_text("می\u200cخواهم 👩\u200d🚀") == "می\u200cخواهم 👩\u200d🚀"

    def test_equal_letters_become_equal_strings(self):
        assert clean_text("cafe\u0301") == clean_text("caf\u00e9") == "caf\u00e9"

    def test_white_space_is_folded_within_a_line(self):
        assert clean_text(" a \t b\u00a0\u2003c ") == "a b c"

    @pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", " \n\t"])
    def test_every_kind_of_line_end_becomes_a_newline(self, line_end):
        assert clean_text(f"a{line_end}b") == "a\nb"

    @pytest.mark.parametrize("gap", ["\n\n", "\n \n", "\r\n\r\n", "\n\n\n\n", "\u2029", "\n\u200b\n"])
    def test_paragraphs_stay_apart_by_one_blank_line(self, gap):
        assert clean_text(f"a{gap}b") == "a\n\nb"

    def test_a_string_subclass_comes_back_as_a_plain_string(self):
        from django.utils.safestring import mark_safe

        assert type(clean_text(mark_safe("plain"))) is str

    @given(st.text(ANY_CHARACTER))
    def test_whatever_comes_in_can_be_stored_as_text(self, text):
        cleaned = clean_text(text)
        cleaned.encode("utf-8")
        assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in cleaned.replace("\n", ""))

    @given(st.text(ANY_CHARACTER))
    def test_cleaning_twice_changes_nothing(self, text):
        assert clean_text(clean_text(text)) == clean_text(text)

    @given(st.text(st.characters(categories=["L", "N", "P", "S"])))
    def test_no_letter_digit_or_sign_is_lost(self, text):
        assert clean_text(text) == unicodedata.normalize("NFC", text)


def test_a_line_has_no_line_ends():
    assert clean_line(" A\n\nheading\x00 of two lines ") == "A heading of two lines"


class TestCountQuarterWords:
    def test_words_between_spaces_count_one_each(self):
        assert count_quarter_words("four words of English") == 4 * QUARTERS

    def test_a_chinese_character_counts_half_a_word_or_a_little_more(self):
        assert 0.5 <= count_quarter_words("搜索引擎可以帮助用户找到信息" * 10) / QUARTERS / 140 <= 1

    def test_a_japanese_sentence_is_not_one_word(self):
        assert count_quarter_words("カタカナとひらがなと漢字を数える") / QUARTERS >= 8

    def test_a_thai_word_counts_about_one(self):
        assert 2 <= count_quarter_words("การค้นหาข้อมูล") / QUARTERS <= 6

    def test_an_endless_word_counts_by_its_length(self):
        assert count_quarter_words("x" * 12_000) / QUARTERS == 1000

    @given(st.text(), st.text())
    def test_a_longer_text_never_counts_less(self, text, more):
        assert count_quarter_words(text + more) >= count_quarter_words(text)


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("What is it?", "what-is-it"),
        ("  Größe & Maß ", "größe-maß"),
        ("搜索 引擎", "搜索-引擎"),
        ("שלום עולם", "שלום-עולם"),
        ("???", "section"),
        ("", "section"),
    ],
)
def test_an_anchor_is_the_slug_of_its_heading_and_never_empty(heading, anchor):
    assert heading_anchor(heading) == anchor
