"""The anchors that a template writes are those that passages link to."""

import re

import pytest
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st
from wagtail import blocks
from wagtail.rich_text import RichText

from wagtail_vector_search.content import with_anchors
from wagtail_vector_search.content.anchors import Anchors
from wagtail_vector_search.content.markup import add_html
from wagtail_vector_search.content.outline import Outline


def indexed_anchors(html):
    outline = Outline()
    add_html(outline, html)
    return [section.anchor for section in outline.sections() if section.heading]


PIECES = [
    "<h2>Fees</h2>", "<h3>Fees</h3>", "<h2>C++</h2>", "<H2 class='a'>C</h2>", "<h2 id='fees'>Costs</h2>", "<h2>?</h2>",
    "<h2>Open", "</h2>", "<h2/>", "<h2 title='<h2 >'>Fees 2</h2>", "<h4><a name='c-2'></a>C</h4>", "<p>text</p>",
    "<p id='c'>x", "<br>", "<div>", "<template>", "</template>", "<!--", "-->", "<",
]  # fmt: skip


class TestAnchors:
    def test_equal_headings_are_numbered_in_their_order(self):
        anchors = Anchors({"fees-3"})
        assert [anchors.add(heading) for heading in ("Fees", "FEES", "Fees?", "???")] == [
            "fees", "fees-2", "fees-4", "section",
        ]  # fmt: skip

    @given(st.lists(st.sampled_from(["a", "A 2", "a-2", "a 2 2", "?", "section", "A"])), st.sets(st.sampled_from("ab")))
    def test_no_anchor_is_given_twice_or_taken_already(self, headings, taken):
        anchors = Anchors(taken)
        given_out = [anchors.add(heading) for heading in headings]
        assert len({*given_out, *taken}) == len(given_out) + len(taken)
        assert all(given_out)

    def test_thousands_of_equal_headings_take_no_time_to_tell_apart(self):
        anchors = Anchors()
        assert [anchors.add("Fees") for _ in range(30_000)][-1] == "fees-30000"


class TestWithAnchors:
    def test_headings_get_ids_and_nothing_else_changes(self):
        html = (
            '<!-- <h2>no</h2> --><p title="<h2>">a < b</p>\n<H2\nclass=x>Fees &amp; <b>more</b></H2><h3>Fees more</h3>'
        )
        assert with_anchors(SafeString(html)) == (
            '<!-- <h2>no</h2> --><p title="<h2>">a < b</p>\n'
            '<H2 id="fees-more"\nclass=x>Fees &amp; <b>more</b></H2><h3 id="fees-more-2">Fees more</h3>'
        )

    def test_an_id_that_is_there_stays(self):
        html = '<h2>Fees</h2><h2 id="fees">Costs</h2><h2><a id="x"></a>Fees</h2>'
        assert with_anchors(SafeString(html)) == html.replace("<h2>Fees", '<h2 id="fees-2">Fees', 1)

    @pytest.mark.parametrize(
        "html", ["<h2></h2>", "<h2> </h2>", "<h7>x</h7>", "<hr>", "<script>'<h2>x</h2>'</script>", ""]
    )
    def test_what_is_no_heading_gets_none(self, html):
        assert with_anchors(SafeString(html)) == html

    def test_doing_it_twice_changes_nothing(self):
        once = with_anchors(SafeString("<h2>Fees</h2><h2>Fees</h2>"))
        assert with_anchors(once) == once

    def test_text_is_escaped(self):
        html = with_anchors("<h2>Fees</h2>")
        assert html == "&lt;h2&gt;Fees&lt;/h2&gt;"
        assert isinstance(html, SafeString)

    def test_nothing_is_nothing(self):
        assert with_anchors(None) == ""

    def test_a_heading_cannot_break_out_of_its_id(self):
        html = "<h2>&quot;&gt;&lt;script&gt;alert(1)</h2>"
        assert with_anchors(SafeString(html)) == html.replace("<h2>", '<h2 id="scriptalert1">')

    def test_rich_text_and_streams_are_rendered(self, db):
        assert with_anchors(RichText("<h2>Fees</h2>")) == '<h2 id="fees">Fees</h2>'
        block = blocks.StreamBlock([("paragraph", blocks.RichTextBlock())])
        stream = blocks.StreamValue(block, [("paragraph", RichText("<h2>Fees</h2>"))] * 2)
        assert re.findall('id="([^"]+)"', with_anchors(stream)) == ["fees", "fees-2"]

    @given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
    def test_index_and_page_have_the_same_anchors(self, html):
        rendered = str(with_anchors(SafeString(html)))
        assert indexed_anchors(rendered) == indexed_anchors(html)
        assert re.sub(r' id="[^"]+"', "", rendered) == html

    @given(st.text("<>/!?-=\"'&;[] \nh2id#x", max_size=60))
    def test_any_html_is_taken(self, html):
        assert re.sub(r' id="[^"]+"', "", str(with_anchors(SafeString(html)))) == re.sub(r' id="[^"]+"', "", html)
