"""HTML, as Wagtail's rich text stores it or a template renders it: to sections, and with anchors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import count
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from .outline import Outline
from .text import clean_line

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARAGRAPHS = frozenset({
    "address", "article", "aside", "blockquote", "body", "details", "div", "embed", "fieldset", "figure", "footer",
    "form", "header", "hr", "main", "nav", "p", "pre", "section",
})  # fmt: skip
_LINES = frozenset({
    "caption", "dd", "dl", "dt", "figcaption", "legend", "li", "ol", "option", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
#: What no reader sees as text. A ``footnote``, of wagtail-footnotes, holds a mark that the page replaces by a number.
_HIDDEN = frozenset({"footnote", "script", "style", "template"})

# All white space but single spaces, which stay.
_WHITE_SPACE = re.compile(r"[\t\r\n\f][ \t\r\n\f]*| [ \t\r\n\f]+")
# Whatever it matches contains one of these. Most texts contain none, which is found out in a tenth of the time.
_SPACES_TO_FOLD = ("  ", "\n", "\t", "\r", "\f")
_DECLARATION = re.compile(r"<[!?][^<>]*+>")
_HEADING_TAG = re.compile(r"<h[1-6](?=[\s/>])", re.IGNORECASE)
#: Attribute that numbers the tags of headings while anchors are added.
_NUMBER = "data-number-of-heading"
# A "<" that begins no complete tag.
_STRAY = re.compile(r"""<(?!/?[a-zA-Z](?:[^<>"']++|"[^"]*+"|'[^']*+'){0,200}+>)""")


def add_html(outline: Outline, html: str) -> None:
    """Add HTML, split at its headings; the text is not cleaned yet.

    A heading's own ``id`` is its anchor, or else that of an element in it. The ``id`` of any other element is kept
    from being the anchor of a heading.

    Args:
        outline: Where it goes.
        html: Wagtail's stored rich text or any other HTML, even malformed.
    """
    _parse(outline, html)


def with_anchors(html: Any) -> SafeString:
    """Return HTML whose headings have the anchors that passages link to.

    A heading without an ``id`` gets one; everything else stays as it is. Give it what the page's searchable fields
    render, all at once and in their order: equal headings are told apart by their order.

    Args:
        html: Safe HTML, or ``RichText``, or a StreamField's value. Other text is escaped, and has no headings then.
    """
    rendered = "" if html is None else str(conditional_escape(html))
    outline, numbers = Outline(), count()
    # Only the parser knows which tags are headings, and it does not see the text as it is: so the tags are numbered.
    numbered = _HEADING_TAG.sub(lambda tag: f"{tag[0]} {_NUMBER}={next(numbers)} ", rendered)
    headings = _parse(outline, numbered)
    sections = (section for section in outline.sections() if section.heading)
    anchors = {number: section.anchor for number, section in zip(headings, sections, strict=True) if number is not None}
    position = count()

    def add_anchor(tag: re.Match[str]) -> str:
        anchor = anchors.get(str(next(position)))
        return f'{tag[0]} id="{anchor}"' if anchor else tag[0]

    return mark_safe(_HEADING_TAG.sub(add_anchor, rendered))  # noqa: S308


def _parse(outline: Outline, html: str) -> list[str | None]:
    """Add HTML to an outline, and return the number of each heading; ``None`` where it has an ``id`` of its own."""
    # The standard library's parser takes minutes for 100 kB of "<a <a <a", and some versions stop at <![word]>, so both
    # are removed before, and so are comments. Like in a browser, one that is never closed reaches to the end.
    kept, position = [], 0
    while (start := html.find("<!--", position)) >= 0:
        kept.append(html[position:start])
        end = html.find("-->", start + 2)
        position = end + 3 if end >= 0 else len(html)
    without_comments = "".join((*kept, html[position:]))
    parser = _SectionParser(outline)
    parser.feed(_STRAY.sub("&lt;", _DECLARATION.sub("", without_comments)))
    parser.close()
    parser.finish()
    return parser.headings


class _SectionParser(HTMLParser):
    """Keeps paragraphs and lines apart the way a browser lays them out."""

    def __init__(self, outline: Outline) -> None:
        super().__init__(convert_charrefs=True)
        #: Number of each heading that was added; ``None`` where it has an ``id``.
        self.headings: list[str | None] = []
        self._outline = outline
        self._text: list[str] = []
        #: Text of the heading that is open; ``None`` outside headings.
        self._heading: list[str] | None = None
        self._heading_level = 0
        self._heading_id = ""
        self._heading_number: str | None = None
        #: Newlines to add before the next text.
        self._breaks = 0
        self._preformatted = 0
        self._hidden = 0

    def finish(self) -> None:
        """Add what is still open."""
        self._end_heading()
        self._end_paragraphs()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif self._hidden:
            return
        elif tag in _HEADINGS:
            self._end_heading()
            self._heading, self._heading_level, self._heading_id = [], int(tag[1]), ""
            self._heading_number = next((value for name, value in attrs if name == _NUMBER), None)
        elif tag == "br":
            self._breaks = min(self._breaks + 1, 2)
        else:
            if self._break_for(tag) and self._heading:
                # A heading that was never closed must not swallow the rest of the page.
                self._end_heading()
            self._preformatted += tag == "pre"
        for anchor in _anchors(tag, attrs):
            self._outline.reserve(anchor)
            self._heading_id = self._heading_id or anchor

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(self._hidden - 1, 0)
        elif self._hidden:
            return
        elif tag in _HEADINGS:
            self._end_heading()
        else:
            self._break_for(tag)
            self._preformatted = max(self._preformatted - (tag == "pre"), 0)

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if not self._preformatted:
            if any(space in data for space in _SPACES_TO_FOLD):
                data = _WHITE_SPACE.sub(" ", data)
            if data == " " and self._breaks:
                return
        target = self._text if self._heading is None else self._heading
        if self._breaks:
            target.append("\n" * self._breaks)
            self._breaks = 0
        target.append(data)

    def _break_for(self, tag: str) -> bool:
        if tag in _PARAGRAPHS:
            self._breaks = 2
        elif tag in _LINES:
            self._breaks = max(self._breaks, 1)
        else:
            return False
        return True

    def _end_heading(self) -> None:
        heading = clean_line("".join(self._heading or ()))
        self._heading = None
        self._breaks = 2
        if heading:
            self._end_paragraphs()
            self._outline.add_heading(heading, own_id=self._heading_id, level=self._heading_level)
            self.headings.append(None if self._heading_id else self._heading_number)

    def _end_paragraphs(self) -> None:
        self._outline.add_paragraph("".join(self._text).strip())
        self._text = []


def _anchors(tag: str, attrs: list[tuple[str, str | None]]) -> Iterator[str]:
    """Yield what a link can lead to at an element."""
    names = {"id", "name"} if tag == "a" else {"id"}
    # In stored rich text, the id of a link or an embedded image is the key of a page or an image.
    if not any(name in ("linktype", "embedtype") for name, _ in attrs):
        yield from (value for name, value in attrs if name in names and value)
