from django.core.files import File
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.rich_text import RichText

from wagtail_vector_search.content import Document, Section
from wagtail_vector_search.content.outline import Outline
from wagtail_vector_search.content.values import add_value, plain_text


def sections_of(*values):
    outline = Outline()
    for value in values:
        add_value(outline, value)
    return outline.sections()


def test_plain_text_is_taken_as_it_is():
    assert sections_of("a < b & <b>c</b>") == (Section("", "", "a < b & <b>c</b>"),)


def test_rich_text_and_safe_html_are_parsed():
    expected = (Section("One", "one", "a & b"),)
    assert sections_of(RichText("<h2>One</h2><p>a &amp; b</p>")) == expected
    assert sections_of(mark_safe("<h2>One</h2><p>a &amp; b</p>")) == expected


def test_a_stream_is_walked():
    block = blocks.StreamBlock([("heading", blocks.CharBlock()), ("text", blocks.TextBlock())])
    assert sections_of(blocks.StreamValue(block, [("heading", "One"), ("text", "text")])) == (
        Section("One", "one", "text"),
    )


def test_values_without_headings_are_read_together():
    assert sections_of("one", "two", ["three"]) == (Section("", "", "one\n\ntwo\n\nthree"),)


def test_a_value_never_goes_under_the_heading_of_another():
    assert sections_of(RichText("<h2>References</h2><p>text</p>"), "unrelated") == (
        Section("References", "references", "text"),
        Section("", "", "unrelated"),
    )


def test_sections_and_documents_are_kept_apart():
    one, two = Section("One", "a", "text"), Section("", "", "free text")
    assert sections_of([one, two]) == (one, two)
    assert sections_of(Document("ignored", (one, two), important="summary")) == (Section("", "", "summary"), one, two)


def test_words_that_are_only_found_stay_so():
    label = Section("", "", "Blue", words_only=True)
    assert sections_of(["text", label, "more"]) == (Section("", "", "text\n\nmore"), label)


def test_equal_headings_of_two_values_have_anchors_of_their_own():
    fees = RichText("<h2>Fees</h2><p>x</p>")
    assert [section.anchor for section in sections_of(fees, fees, RichText('<h2 id="fees">Costs</h2>'))] == [
        "fees-2",
        "fees-3",
        "fees",
    ]


def test_a_section_keeps_the_anchor_that_its_page_gives_it():
    sections = Section("Fees", "fees", "x"), Section("Fees", "", "y"), Section("Fees", "fees", "z")
    assert sections_of(*sections) == sections


def test_lists_mappings_and_generators_are_read_item_by_item():
    assert sections_of({"a": "one", "b": ["two", ("three",)]}, (str(n) for n in (4, 5))) == (
        Section("", "", "one\n\ntwo\n\nthree\n\n4\n\n5"),
    )


def test_empty_values_have_no_text():
    assert sections_of(None, "", [], RichText(""), {}) == ()


def test_anything_else_is_read_as_its_string():
    assert sections_of(2024, gettext_lazy("Search"), b"bytes") == (Section("", "", "2024\n\nSearch\n\nbytes"),)


def test_a_file_is_read_as_its_name_and_not_opened():
    file = File(None, name="report.pdf")
    assert sections_of(file) == (Section("", "", "report.pdf"),)


def test_the_plain_text_of_a_value_keeps_its_headings_as_paragraphs():
    assert plain_text(RichText("<p>a</p><h2>One</h2><p>b</p>")) == "a\n\nOne\n\nb"
