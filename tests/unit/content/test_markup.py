import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_vector_search.content import Section, clean_text
from wagtail_vector_search.content.markup import add_html
from wagtail_vector_search.content.outline import Outline


def html_sections(html):
    outline = Outline()
    add_html(outline, html)
    return outline.sections()


def text_of(html):
    """Return the cleaned text of HTML without headings."""
    sections = html_sections(html)
    assert [section.heading for section in sections] in ([], [""])
    return clean_text(sections[0].text) if sections else ""


def headings_of(html):
    return [section.heading for section in html_sections(html)]


class TestHeadings:
    def test_each_heading_starts_a_section(self):
        html = "<p>Before.</p><h2>One</h2><p>First.</p><h3>Two</h3><p>Second.</p>"
        assert html_sections(html) == (
            Section("", "", "Before."),
            Section("One", "one", "First."),
            Section("Two", "two", "Second."),
        )

    @pytest.mark.parametrize("tag", ["h1", "h2", "h3", "h4", "h5", "h6", "H2"])
    def test_every_level_of_heading_counts(self, tag):
        assert headings_of(f"<{tag}>Level</{tag}>") == ["Level"]

    def test_the_id_of_a_heading_is_its_anchor(self):
        assert html_sections('<h2 id="setup">Set it up</h2>')[0].anchor == "setup"

    def test_a_heading_without_an_id_gets_the_anchor_of_its_text(self):
        assert html_sections('<h2 id="">Set it up</h2>')[0].anchor == "set-it-up"

    @pytest.mark.parametrize(
        "anchor", ['<a id="fees"></a>', '<a name="fees"></a>', '<span id="fees">', '<img id="fees">']
    )
    def test_a_heading_without_an_id_has_that_of_an_element_in_it(self, anchor):
        assert html_sections(f"<h2>{anchor}What it costs</h2>")[0].anchor == "fees"

    @pytest.mark.parametrize("stored", ['<a linktype="page" id="4">Fees</a>', '<embed embedtype="image" id="4"/>Fees'])
    def test_the_key_of_a_page_or_image_is_no_anchor(self, stored):
        assert html_sections(f"<h2>{stored}</h2>")[0].anchor == "fees"

    def test_equal_headings_have_anchors_of_their_own(self):
        html = "<h2>Fees</h2><h3>C</h3><h3>C++</h3><h2>Fees</h2><h3>???</h3><h2>fees!</h2><h3>!!!</h3>"
        assert [section.anchor for section in html_sections(html)] == [
            "fees", "c", "c-2", "fees-2", "section", "fees-3", "section-2",
        ]  # fmt: skip

    def test_an_id_of_the_page_keeps_priority_wherever_it_is(self):
        html = '<h2>Fees</h2><p id="dates">x</p><h2>Dates</h2><h2 id="fees">Costs</h2><h2>Fees</h2><h2>Fees 3</h2>'
        assert [section.anchor for section in html_sections(html)] == [
            "fees-2",
            "dates-2",
            "fees",
            "fees-3",
            "fees-3-2",
        ]

    def test_a_heading_knows_its_level(self):
        assert [section.level for section in html_sections("<p>x</p><h2>One</h2><h4>Two</h4>")] == [0, 2, 4]

    def test_markup_within_a_heading_is_dropped_and_entities_are_decoded(self):
        assert headings_of('<h2>A <b>bold</b> &amp; <a linktype="page" id="3">linked</a><br/>heading</h2>') == [
            "A bold & linked heading"
        ]

    @pytest.mark.parametrize("empty", ["<h2></h2>", "<h2>&nbsp;</h2>", "<h2><br/></h2>", "<h2/>"])
    def test_an_empty_heading_changes_nothing_but_the_paragraph(self, empty):
        assert text_of(f"<p>a</p>{empty}<p>b</p>") == "a\n\nb"

    def test_an_empty_heading_in_bare_text_separates_paragraphs(self):
        assert text_of("a<h2></h2>b") == "a\n\nb"

    def test_a_heading_without_text_below_it_is_kept(self):
        assert html_sections("<h2>One</h2><h3>Two</h3><p>text</p>") == (
            Section("One", "one", ""),
            Section("Two", "two", "text"),
        )

    def test_a_heading_that_is_never_closed_ends_at_the_next_paragraph(self):
        assert html_sections("<h2>One<p>text</p><p>more</p>") == (Section("One", "one", "text\n\nmore"),)

    def test_a_paragraph_inside_a_heading_belongs_to_it(self):
        assert html_sections("<h2><p>One</p></h2><p>text</p>") == (Section("One", "one", "text"),)


class TestParagraphs:
    def test_paragraphs_are_separated_by_a_blank_line(self):
        assert text_of("<p>one</p>\n  <p>two</p><div>three</div>") == "one\n\ntwo\n\nthree"

    def test_inline_markup_does_not_break_a_word(self):
        assert text_of("<p>un<b>believ</b>able <i>words</i></p>") == "unbelievable words"

    def test_a_space_between_inline_elements_stays(self):
        assert text_of("<p><b>one</b> <i>two</i></p>") == "one two"

    def test_newlines_in_the_source_are_only_spaces(self):
        assert text_of("<p>one\ntwo\r\n\tthree</p>") == "one two three"

    def test_a_line_break_is_a_newline_and_two_are_a_paragraph(self):
        assert text_of("<p>one<br/>two<br><br>three</p>") == "one\ntwo\n\nthree"

    def test_items_of_a_list_are_on_lines_of_their_own(self):
        assert text_of("<p>before</p><ul><li>one</li><li>two</li></ul><p>after</p>") == "before\n\none\ntwo\n\nafter"

    def test_white_space_between_items_means_nothing(self):
        assert text_of("<ul>\n  <li>one</li>\n  <li>two</li>\n</ul>") == "one\ntwo"

    def test_nested_lists_keep_their_items_apart(self):
        assert text_of("<ol><li>one<ul><li>a</li><li>b<ul><li>deep</li></ul></li></ul></li><li>two</li></ol>") == (
            "one\na\nb\ndeep\ntwo"
        )

    def test_cells_of_a_table_are_on_lines_of_their_own(self):
        assert text_of("<table><tr><th>Day</th><td>Hours</td></tr><tr><td>Monday</td><td>9-17</td></tr></table>") == (
            "Day\nHours\nMonday\n9-17"
        )

    def test_a_quotation_is_a_paragraph(self):
        assert text_of("<p>He said:</p><blockquote>Yes.</blockquote>She left.") == "He said:\n\nYes.\n\nShe left."

    def test_preformatted_text_keeps_its_lines(self):
        assert text_of("<p>Run:</p><pre>one\ntwo\n\nthree</pre>and <b>on</b>\nwe go") == (
            "Run:\n\none\ntwo\n\nthree\n\nand on we go"
        )

    def test_the_mark_of_a_footnote_is_no_part_of_the_word_before_it(self):
        html = '<p>locked at midnight<footnote id="4f2cca">[4f2cca]</footnote>, by hand</p>'
        assert text_of(html) == "locked at midnight, by hand"

    def test_scripts_styles_templates_and_comments_are_dropped(self):
        html = "a<script>if (1 < 2) { b() }</script><style>p > a {}</style><template><p>t</p></template><!-- c -->d"
        assert text_of(html) == "ad"

    def test_headings_in_a_template_are_dropped(self):
        assert html_sections("<template><h2>Hidden</h2></template>") == ()

    @pytest.mark.parametrize(
        ("source", "text"),
        [
            ("&lt;b&gt; &amp; &quot;q&quot; &#233;&#x4e2d;", '<b> & "q" é中'),
            ("a&nbsp;b", "a b"),
            ("AT&T &bogus;", "AT&T &bogus;"),
        ],
    )
    def test_entities_are_decoded(self, source, text):
        assert text_of(f"<p>{source}</p>") == text


class TestWagtailsStoredFormat:
    def test_links_keep_their_text(self):
        html = '<p>See <a linktype="page" id="3">the page</a> or <a href="https://example.org/">a site</a>.</p>'
        assert text_of(html) == "See the page or a site."

    def test_embeds_separate_paragraphs(self):
        html = '<p>one</p><embed alt="An alt text" embedtype="image" format="left" id="1"/><p>two</p>'
        assert text_of(html) == "one\n\ntwo"

    def test_what_the_editor_stores_round_trips(self):
        html = (
            '<h2 data-block-key="a1">Title</h2><p data-block-key="b2">Text with <b>bold</b>.</p>'
            '<ul><li data-block-key="c3">item</li></ul><hr/><p data-block-key="d4"></p>'
        )
        assert [(s.heading, clean_text(s.text)) for s in html_sections(html)] == [("Title", "Text with bold.\n\nitem")]


HOSTILE = [
    "<a ", "<!--", "</", "<?", "<!", '<a href="', "<a x='\"", "<", "</p", "<h2>", "<div>", "<br", "&amp",
    "<script></a>",
]  # fmt: skip


class TestMalformedHtml:
    @pytest.mark.parametrize(
        ("html", "text"),
        [
            ("", ""),
            ("no markup at all", "no markup at all"),
            ("a < b and c > d", "a < b and c > d"),
            ("if a <b then c", "if a <b then c"),
            ("one</p></div></h2>two", "one\n\ntwo"),
            ("<p>one<p>two", "one\n\ntwo"),
            ("<b><i>crossed</b></i>", "crossed"),
            ("before<script>never closed", "before"),
            ("before<!-- never closed", "before"),
            ("a<!-->b<!--->c", "abc"),
            ("a<![if !supportLists]>b<![endif]>c<![foo[bar]]>d", "abcd"),
            ("a<?xml version='1.0'?>b<!DOCTYPE html>c", "abc"),
            ('<a title="1 > 0">x</a>', "x"),
            ('<a title="1 < 0">x</a>', "x"),
            ("</template>shown<template>hidden", "shown"),
            ("</pre>one\ntwo", "one two"),
        ],
    )
    def test_malformed_html_is_read_as_far_as_it_makes_sense(self, html, text):
        assert text_of(html) == text

    @pytest.mark.parametrize("piece", HOSTILE)
    def test_a_hostile_page_does_not_hold_up_the_worker(self, piece):
        """The standard library's parser alone needs minutes for the first of these."""
        assert len(html_sections(piece * (300_000 // len(piece)))) < 300_000

    @given(st.text("<>/!?-=\"'&;[] \npbh2a#x", max_size=60))
    def test_no_text_makes_the_parser_fail(self, html):
        html_sections(html)

    @given(st.text(st.characters(codec="utf-8", exclude_characters="<&", exclude_categories=["Z", "C"]), min_size=1))
    def test_text_inside_any_block_is_kept(self, text):
        assert clean_text(text) in text_of(f"<div><ul><li>{text}</li></ul></div>")
