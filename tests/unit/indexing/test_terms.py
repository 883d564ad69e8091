"""The terms of pages, as they are stored."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_vector_search.analysis import Analyzer
from wagtail_vector_search.conf import IndexSettings
from wagtail_vector_search.content import Document, Section
from wagtail_vector_search.indexing.preparation import PreparedPage
from wagtail_vector_search.indexing.terms import PageTerms, count_pages_with, count_terms
from wagtail_vector_search.ranking import constants

TITLE, SECONDARY = constants.TITLE_WEIGHT, constants.SECONDARY_WEIGHT


def page(title="", *sections, important="", language_code="en"):
    parts = tuple(Section(heading, "", text) for heading, text in sections)
    return PreparedPage(1, Document(title, parts, important), [], language_code, "")


def count(*args, **kwargs):
    (terms,) = count_terms([page(*args, **kwargs)], IndexSettings())
    return terms


def test_headings_and_text_count_once():
    terms = count("", ("", "Boats."), ("Sea", "Boats at sea."))
    assert terms.frequencies == {"boat": 2, "sea": 2, "at": 1}
    assert terms.length == 4


def test_title_and_important_text_count_twice():
    terms = count("Boats", ("", "Boats."), important="Sea")
    assert terms.frequencies == {"boat": 1 + TITLE, "sea": TITLE}
    assert terms.length == 1 + 2 * TITLE


def test_stop_words_are_terms_that_make_no_page_longer():
    terms = count("The boats", ("", "The who and the sea"))
    assert terms.frequencies == {"the": 2 + TITLE, "boat": TITLE, "who": 1, "and": 1, "sea": 1}
    assert terms.length == TITLE + 1


def test_joined_words_and_parts_count_less_and_make_no_page_longer():
    terms = count("StreamField", ("", "An e-mail"))
    assert terms.frequencies == pytest.approx(
        {
            "an": 1, "e": 1, "mail": 1, "email": SECONDARY,
            "streamfield": TITLE, "stream": TITLE * SECONDARY, "field": TITLE * SECONDARY,
        }
    )  # fmt: skip
    assert terms.length == 2 + TITLE


def test_a_word_that_is_also_a_part_of_another_counts_as_both():
    assert count("", ("", "StreamField field")).frequencies["field"] == pytest.approx(1 + SECONDARY)


def test_a_page_has_one_term_that_only_its_title_makes():
    terms = count("The Boats: at Sea!", ("", "Sea"), important="Important")
    assert terms.title == "=theboatsatsea"
    assert terms.terms == [*terms.frequencies, "=theboatsatsea"]
    assert "=theboatsatsea" not in terms.frequencies


def test_no_text_has_the_term_of_a_title():
    assert not any(term.startswith("=") for term in count("", ("", "=boats =sea == = x=boats")).terms)


@pytest.mark.parametrize("title", ["", "?!", " "])
def test_a_page_without_a_word_in_its_title_has_no_term_of_it(title):
    terms = count(title, ("", "Boats."))
    assert terms.title == ""
    assert terms.terms == ["boat"]


def test_an_empty_page_has_no_terms():
    assert count("") == PageTerms({}, 0)


def test_nothing_of_one_section_is_joined_to_the_next():
    terms = count("Covid", ("19", "2020"), ("21", "22"), important="18")
    assert set(terms.frequencies) == {"covid", "18", "19", "2020", "21", "22"}


def test_each_page_is_read_in_its_own_language():
    texts = ("", ("", "les pages and the books"))
    french, english = count_terms([page(*texts, language_code="fr"), page(*texts)], IndexSettings())
    assert set(english.frequencies) == {"les", "page", "and", "the", "book"}
    assert set(french.frequencies) == {"le", "pag", "and", "the", "book"}


class Recording(Analyzer):
    prepared: list[list[str]]

    def __init__(self, language_code):
        super().__init__(language_code)
        self.prepared = []
        made.append(self)

    def prepare(self, texts):
        self.prepared.append(list(texts))

    def stem(self, word):
        return f"{word}x"


made: list[Recording] = []


def test_an_analyzer_of_the_project_sees_all_texts_of_a_batch_at_once():
    pages = [page("One", ("", "1")), page("Un", ("", "1"), language_code="fr"), page("Two", ("", "2"))]
    counted = count_terms(pages, IndexSettings(analyzers={"en": f"{__name__}.Recording"}))
    assert [set(terms.frequencies) for terms in counted] == [{"onex", "1x"}, {"un", "1"}, {"twox", "2x"}]
    (analyzer,) = made
    assert len(analyzer.prepared) == 1
    assert sorted(analyzer.prepared[0]) == ["1", "2", "One", "Two"]


@given(st.lists(st.text(alphabet="ab", min_size=1, max_size=9), max_size=60))
def test_no_word_is_lost_or_broken(words):
    terms = count("", ("", " ".join(words)), language_code="xx")
    assert terms.frequencies == Counter(words)
    assert terms.length == len(words)


def test_every_word_of_a_long_text_counts():
    words = ["boat", "sea", "wind"] * 10_000
    terms = count("", ("", " ".join(words)))
    assert terms.frequencies == {"boat": 10_000, "sea": 10_000, "wind": 10_000}
    assert terms.length == 30_000


def test_a_word_without_end_is_one_short_term():
    terms = count("", ("", "x" * 1_000_000))
    assert terms.length == 1
    assert [len(term) for term in terms.terms] == [100]


def test_a_page_counts_once_for_a_term_that_occurs_several_times():
    pages = [PageTerms({"boat": 7, "sea": 0.3}, 7, "=boat"), PageTerms({"boat": 1}, 1, "=boat"), PageTerms({}, 0)]
    assert count_pages_with(pages) == {"boat": 2, "sea": 1, "=boat": 2}
