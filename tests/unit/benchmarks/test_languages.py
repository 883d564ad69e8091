"""The languages' benchmark: editions of the handbook, words of one page, off-topic queries, scores."""

import pytest

from benchmarks.documents import Document
from benchmarks.languages.editions import EDITIONS, LEAST_WORDS, MOST_PAGES, MOST_WORDS, choose, spread
from benchmarks.languages.handbook import (
    Section,
    find_editions,
    leave_out_english,
    looks_english,
    read_chapters,
    read_sections,
)
from benchmarks.languages.queries import OFF_TOPIC, count_words, lower, words_of_one_page
from benchmarks.languages.scores import (
    Asked,
    LanguageScores,
    first,
    lost,
    mean_results,
    missing,
    nothing,
    typical_results,
)

CONTENTS = """
<div class="toc"><dl>
<dt><span class="preface"><a href="preface.html">Preface</a></span></dt>
<dd><span class="section"><a href="foreword.html#one">1. Why</a></span></dd>
<dt><span class="chapter"><a href="apt.html">1. APT</a></span></dt>
<dd><span class="section"><a href="apt.html#sources">1.1. Sources</a></span></dd>
<dd><span class="section"><a href="upgrades.html">1.2. Upgrades</a></span></dd>
<dt><span class="appendix"><a href="derived.html">A. Derived</a></span></dt>
</dl></div>
"""

CHAPTER = """
<h1 class="title">Chapter 1. APT</h1><div class="para">Of the chapter.</div>
<h2 class="title"><a id="sources"></a>1.1. The
  <code>sources</code></h2>
<div class="para">Two kinds:<ul><li><div class="para">deb</div></li></ul> of line.</div>
<div class="para"><pre>apt update</pre></div>
<h4 class="title">1.1.0.1. Deeper</h4><div class="para">Still the same.</div>
<h3 class="title"><a id="more"></a>1.1.1. More</h3>
"""


def section(key="a", title="Quellen", paragraphs=()):
    return Section(("apt.html", key), 1, title, tuple(paragraphs))


def test_files_belong_to_the_chapter_above_them_in_the_contents():
    assert read_chapters(CONTENTS) == {"apt.html": 1, "upgrades.html": 1, "derived.html": 2}


def test_sections_end_at_the_next_heading_of_the_second_or_third_level():
    assert list(read_sections(CHAPTER, "apt.html", 1)) == [
        Section(("apt.html", "sources"), 1, "The sources", ("Two kinds: of line.", "deb", "Still the same.")),
        Section(("apt.html", "more"), 1, "More", ()),
    ]


def test_the_editions_are_found_below_what_the_package_was_unpacked_to(tmp_path):
    with pytest.raises(FileNotFoundError, match="debian-handbook"):
        find_editions(tmp_path)

    editions = tmp_path / "usr" / "share" / "doc" / "debian-handbook" / "html"
    (editions / "en-US").mkdir(parents=True)
    (editions / "en-US" / "index.html").touch()

    assert find_editions(tmp_path) == find_editions(editions) == editions


def test_paragraphs_and_titles_that_are_still_english_are_left_out():
    english = [section("a", "Sources", ["A paragraph."]), section("b", "Mirrors", ["Another one.", "See the first."])]
    changed = "See the erste."
    german = [
        section("a", "Quellen", ["another one.", "Ein Absatz.", changed]),
        section("b", "Mirrors", ["Ein zweiter."]),
    ]

    assert leave_out_english(german, english) == [section("a", "Quellen", ["Ein Absatz."])]


def test_an_english_paragraph_that_refers_to_a_translated_chapter_is_left_out():
    assert looks_english("With this option the system is upgraded (see Kapitel 6, Wartung und Aktualisierung).")
    assert not looks_english("Mit der Option „the“ wird das System auf den neuen Stand gebracht (siehe Kapitel 6).")
    assert not looks_english("")


def test_pages_have_enough_words_and_not_too_many():
    def count(text):
        return len(text.split())

    short, whole, more = ("word " * (number - 1) + "end" for number in (LEAST_WORDS - 1, MOST_WORDS, 1))
    sections = [section("a", "Short", [short]), section("b", "Long", [whole, more]), section("c", "long", [whole])]

    assert choose(sections, count) == [Document("Long", whole)]


def test_pages_are_spread_evenly_over_the_book():
    documents = [Document(str(number), "") for number in range(100)]

    assert [document.title for document in spread(documents, 4)] == ["0", "25", "50", "75"]
    assert spread(documents[:3], MOST_PAGES) == documents[:3]


def test_a_word_of_one_page_stands_on_no_other():
    documents = [
        Document("Backup", "Tapes and disks"),
        Document("Disks", "Large disks"),
        Document("Backup", "disks 42"),
    ]

    assert words_of_one_page(documents, "en") == ["tapes", "large", ""]


def test_a_word_that_the_english_edition_has_is_not_taken():
    documents = [Document("Sicherung", "rsync"), Document("Platten", "fdisk")]

    assert words_of_one_page(documents, "de", "Use rsync. Or fdisk.") == ["sicherung", "platten"]


def test_a_part_of_a_name_with_underscores_is_no_word():
    assert words_of_one_page([Document("", "allow_guests")], "en") == [""]


def test_a_word_of_one_japanese_page_is_a_part_of_no_other_page():
    documents = [Document("", "執筆を行います"), Document("", "図書館で行います"), Document("", "中央図書館")]

    assert words_of_one_page(documents, "ja") == ["執筆", "", "中央"]


def test_japanese_words_are_no_mere_endings():
    assert words_of_one_page([Document("", "始まった")], "ja", "始") == [""]


def test_a_japanese_word_that_the_english_edition_has_is_not_taken():
    assert words_of_one_page([Document("", "執筆")], "ja", "執筆") == [""]


def test_words_are_lowered_as_the_language_does():
    assert lower("IŞIK İZMİR", "tr") == "\u0131ş\u0131k izmir"
    assert lower("Index", "en") == "index"


def test_words_are_counted_where_no_space_is_between_them():
    assert count_words("three plain words.", "en") == 3
    assert count_words("东京大学图书馆。", "zh-hans") > 1


def test_every_language_has_two_sets_of_off_topic_queries_without_one_in_common():
    assert set(OFF_TOPIC) == {"report", "development"}
    for language in EDITIONS:
        reported, tuned = OFF_TOPIC["report"][language], OFF_TOPIC["development"][language]
        assert len({*reported, *tuned}) == len(reported) + len(tuned) == 40


def test_what_hybrid_loses_is_what_keyword_has_found():
    asked = [
        Asked("both", {"keyword": 1, "hybrid": 1}, {"keyword": 1, "hybrid": 3}),
        Asked("lost", {"keyword": 2, "hybrid": 0}, {"keyword": 2, "hybrid": 1}),
        Asked("neither", {"keyword": 0, "hybrid": 0}, {"keyword": 0, "hybrid": 0}),
    ]

    assert [first(asked, "keyword"), missing(asked, "hybrid"), lost(asked), nothing(asked, "hybrid")] == [1, 2, 1, 1]
    assert typical_results(asked, "hybrid") == 1
    assert typical_results([], "hybrid") is None


def test_scores_of_a_language_carry_the_figures_of_the_tables():
    asked = [Asked("a word", {"keyword": 1, "hybrid": 0}, {"keyword": 1, "hybrid": 0})]
    scores = LanguageScores(1, words=asked, off_topic={"keyword": [1, 2], "hybrid": [0, 0]})

    figures = scores.as_dict()["figures"]

    assert figures["keyword"]["results off-topic, mean"] == 1.5
    assert figures["hybrid"]["words lost"] == figures["hybrid"]["words that show nothing"] == 1
    assert mean_results([]) is None
