import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wagtail_vector_search.content import Chunk, Document, Section, chunk_document, clean_text
from wagtail_vector_search.content.text import QUARTERS, count_quarter_words

SENTENCE = "The quick brown fox jumps over the lazy dog today. "


def document(*texts, title="Title"):
    return Document(title, tuple(Section(f"Heading {n}", f"heading-{n}", text) for n, text in enumerate(texts)))


def texts(chunks):
    return [chunk.text for chunk in chunks]


def words_in(text):
    return count_quarter_words(text) / QUARTERS


def numbered_sentences(count, words_each=10):
    return " ".join(f"Sentence{n} " + "word " * (words_each - 2) + "end." for n in range(count))


class TestShortDocuments:
    def test_a_short_section_is_one_chunk_with_its_heading_and_anchor(self):
        assert chunk_document(Document("Title", (Section("Heading", "anchor", "A few words."),))) == [
            Chunk(0, "Heading", "anchor", "A few words.")
        ]

    def test_a_page_with_a_title_only_is_found_by_its_title(self):
        assert chunk_document(Document("Title", ())) == [Chunk(0, "", "", "Title")]

    def test_a_page_without_text_has_no_chunk(self):
        assert chunk_document(Document("", ())) == []

    def test_a_page_without_a_title_is_found_by_its_text(self):
        assert texts(chunk_document(Document("", (Section("", "", "Text."),)))) == ["Text."]

    def test_a_heading_with_nothing_below_it_can_still_be_found_and_is_not_read_twice(self):
        assert chunk_document(Document("Title", (Section("Lonely", "lonely", ""),))) == [
            Chunk(0, "", "lonely", "Lonely")
        ]

    def test_important_text_comes_first_and_is_embedded(self):
        chunks = chunk_document(Document("Title", (Section("Heading", "", "Text."),), important="Summary."))
        assert texts(chunks) == ["Summary.", "Text."]


class TestHeadingsWithoutText:
    def test_a_heading_right_above_a_deeper_one_goes_in_front_of_it(self):
        sections = (
            Section("Funds", "funds", "", level=1),
            Section("Large funds", "large-funds", "", level=2),
            Section("Eligibility", "eligibility", "Universities only.", level=3),
            Section("Deadlines", "deadlines", "In May.", level=3),
        )
        assert chunk_document(Document("Title", sections)) == [
            Chunk(0, "Funds \u203a Large funds \u203a Eligibility", "eligibility", "Universities only."),
            Chunk(1, "Deadlines", "deadlines", "In May."),
        ]

    def test_a_heading_above_one_that_is_no_deeper_is_a_passage_without_a_heading(self):
        sections = (
            Section("Map", "map", "", level=2),
            Section("Photos", "photos", "", level=2),
            Section("Hours", "hours", "All day.", level=2),
            Section("End", "end", "", level=2),
        )
        assert chunk_document(Document("Title", sections)) == [
            Chunk(0, "", "map", "Map\nPhotos"),
            Chunk(1, "Hours", "hours", "All day."),
            Chunk(2, "", "end", "End"),
        ]

    def test_text_without_a_heading_goes_under_no_heading_above_it(self):
        sections = (Section("Map", "map", "", level=2), Section("", "", "Another field.", level=10))
        assert chunk_document(Document("Title", sections)) == [
            Chunk(0, "", "map", "Map"),
            Chunk(1, "", "", "Another field."),
        ]

    def test_sections_that_say_nothing_are_nothing(self):
        sections = (Section("", "", ""), Section("", "", ""), Section("One", "one", "Text."))
        assert texts(chunk_document(Document("Title", sections))) == ["Text."]

    def test_many_headings_are_cut_like_any_text(self):
        sections = tuple(Section(f"Partner number {n}", f"partner-{n}", "") for n in range(200))
        chunks = chunk_document(Document("Title", sections), overlap=0)
        assert len(chunks) > 3
        assert "\n".join(texts(chunks)).split("\n") == [section.heading for section in sections]

    @given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), max_size=12))
    def test_no_heading_is_lost(self, shape):
        sections = tuple(
            Section(f"heading{n}", f"heading{n}", "text" if has_text else "", level)
            for n, (has_text, level) in enumerate(shape)
        )
        chunks = chunk_document(Document("", sections))
        read = " ".join(chunk.embedded_text("") for chunk in chunks)
        assert set(re.findall(r"heading\d+", read)) == {section.heading for section in sections}


class TestWordsOnly:
    def test_words_that_are_only_found_are_in_no_chunk(self):
        sections = (Section("One", "one", "Text."), Section("", "", "Blue\nWide", words_only=True))
        assert texts(chunk_document(Document("Title", sections))) == ["Text."]

    def test_a_page_that_says_nothing_else_is_its_title(self):
        assert texts(chunk_document(Document("Title", (Section("", "", "Blue", words_only=True),)))) == ["Title"]


class TestLongDocuments:
    def test_chunks_are_about_as_long_as_asked_for(self):
        lengths = [words_in(text) for text in texts(chunk_document(document(SENTENCE * 300), words=100))]
        assert 80 <= sum(lengths) / len(lengths) <= 120

    def test_chunks_end_where_sentences_end(self):
        assert all(text.endswith(".") for text in texts(chunk_document(document(SENTENCE * 100))))

    def test_chunks_end_where_paragraphs_end_when_these_are_short_enough(self):
        paragraphs = [f"Paragraph {n} begins. " + SENTENCE * 7 for n in range(10)]
        chunks = texts(chunk_document(document(clean_text("\n\n".join(paragraphs)))))
        assert [text.split(" begins")[0] for text in chunks] == [f"Paragraph {n}" for n in range(10)]

    def test_neighbours_share_whole_sentences(self):
        chunks = texts(chunk_document(document(numbered_sentences(60)), words=100, overlap=20))
        shared = [set(a.split()) & set(re.findall(r"Sentence\d+", b)) for a, b in pairwise(chunks)]
        assert all(1 <= len(sentences) <= 2 for sentences in shared)

    def test_without_overlap_nothing_is_repeated(self):
        chunks = chunk_document(document(numbered_sentences(60)), overlap=0)
        assert " ".join(texts(chunks)) == numbered_sentences(60)

    def test_sections_share_nothing(self):
        chunks = chunk_document(document("One. " * 300, "Two. " * 300), overlap=20)
        assert all(len(set(chunk.text.split())) == 1 for chunk in chunks)

    def test_no_tiny_chunk_is_left_over(self):
        for count in range(11, 40):
            chunks = chunk_document(document(numbered_sentences(count)), overlap=0)
            assert all(words_in(text) >= 25 for text in texts(chunks))

    def test_tiny_paragraphs_join_their_neighbours_within_the_limit(self):
        paragraphs = ["Short. " * 20, "Long. " * 120] * 5
        chunks = texts(chunk_document(document(clean_text("\n\n".join(paragraphs))), words=100))
        assert [words_in(text) for text in chunks] == [140] * 5

    def test_positions_count_through_all_sections(self):
        chunks = chunk_document(document(SENTENCE * 30, "Short.", SENTENCE * 30))
        assert [chunk.position for chunk in chunks] == list(range(len(chunks)))

    def test_a_hundred_thousand_words_are_cut_without_loss(self):
        text = numbered_sentences(10_000)
        chunks = chunk_document(document(text), overlap=0)
        assert " ".join(texts(chunks)) == text
        assert 800 <= len(chunks) <= 1400

    def test_one_endless_word_is_cut(self):
        chunks = texts(chunk_document(document("x" * 100_000), overlap=0))
        assert "".join(chunks) == "x" * 100_000
        assert max(map(len, chunks)) <= 150 * 12

    @pytest.mark.parametrize("overlap", [0, 50, 74, 75, 99, 1000])
    def test_any_overlap_works_and_moves_forward(self, overlap):
        chunks = texts(chunk_document(document(SENTENCE * 100), words=100, overlap=overlap))
        assert 8 <= len(chunks) <= 40


class TestScripts:
    def test_chinese_is_cut_at_its_full_stops(self):
        chunks = texts(chunk_document(document("搜索引擎可以帮助用户找到信息。" * 100)))
        assert all(text.endswith("。") for text in chunks)
        assert all(100 <= len(text) <= 300 for text in chunks)

    def test_thai_is_cut_between_words(self):
        text = "การค้นหาข้อมูลในเว็บไซต์" * 200
        chunks = texts(chunk_document(document(text), overlap=0))
        assert "".join(chunks) == text
        assert all(200 <= len(chunk) <= 600 for chunk in chunks)
        assert not any("\u0e30" <= chunk[0] <= "\u0e3a" or "\u0e47" <= chunk[0] <= "\u0e4e" for chunk in chunks)

    def test_arabic_is_cut_at_the_ends_of_its_sentences(self):
        chunks = texts(chunk_document(document(("هذه جملة عربية قصيرة للتجربة. " * 100).strip())))
        assert len(chunks) > 4
        assert all(text.endswith(".") for text in chunks)


LENGTHS = st.integers(10, 60)
PARAGRAPHS = st.text("abc dé中文。ไท. \n", max_size=1500).map(clean_text)
SECTIONS = st.builds(Section, st.sampled_from(["", "Heading", "Other"]), st.just(""), PARAGRAPHS)
DOCUMENTS = st.builds(Document, st.sampled_from(["", "Title"]), st.lists(SECTIONS, max_size=4).map(tuple), PARAGRAPHS)


class TestWhateverThePageSays:
    @settings(max_examples=60, deadline=None)
    @given(PARAGRAPHS, LENGTHS)
    def test_no_character_is_lost(self, text, words):
        chunks = texts(chunk_document(Document("", (Section("", "", text),)), words=words, overlap=0))
        assert "".join("".join(chunks).split()) == "".join(text.split())

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.sampled_from([" ", ". ", ", ", "\n", "\n\n", "。"]), max_size=500), LENGTHS, st.integers(0, 60))
    def test_every_word_is_in_some_chunk(self, separators, words, overlap):
        text = "".join(f"word{n}{separator}" for n, separator in enumerate(separators)).strip()
        chunks = chunk_document(document(text), words=words, overlap=overlap)
        assert set(re.findall(r"word\d+", text)) == {word for c in texts(chunks) for word in re.findall(r"word\d+", c)}

    @settings(max_examples=60, deadline=None)
    @given(DOCUMENTS, LENGTHS, st.integers(0, 60))
    def test_no_chunk_is_empty_or_longer_than_one_and_a_half_times_the_target(self, document, words, overlap):
        for chunk in chunk_document(document, words=words, overlap=overlap):
            assert chunk.text.strip() == chunk.text != ""
            assert words_in(chunk.text) <= 1.5 * words

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.sampled_from(["a. ", "b ", "c\n\n", "中。"]), min_size=1, max_size=400), LENGTHS)
    def test_no_chunk_crosses_a_heading(self, parts, words):
        sections = tuple(Section(f"{n}", f"{n}", clean_text("".join(parts)) + f" of{n}") for n in range(3))
        whole = {section.heading: section.text for section in sections}
        chunks = chunk_document(Document("", sections), words=words)
        assert [c.heading for c in chunks] == sorted(c.heading for c in chunks)
        assert {c.heading for c in chunks} == {"0", "1", "2"}
        assert all(chunk.text in whole[chunk.heading] for chunk in chunks)
