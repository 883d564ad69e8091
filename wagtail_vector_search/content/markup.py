"""HTML, as Wagtail's rich text stores it, to sections."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from .document import Outline, Section
from .text import clean_line, heading_anchor

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARAGRAPHS = frozenset({
    "address", "article", "aside", "blockquote", "body", "details", "div", "embed", "fieldset", "figure", "footer",
    "form", "header", "hr", "main", "nav", "p", "pre", "section",
})  # fmt: skip
_LINES = frozenset({
    "caption", "dd", "dl", "dt", "figcaption", "legend", "li", "ol", "option", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_HIDDEN = frozenset({"script", "style", "template"})

# All white space but single spaces, which stay.
_WHITE_SPACE = re.compile(r"[\t\r\n\f][ \t\r\n\f]*| [ \t\r\n\f]+")
# Whatever it matches contains one of these. Most texts contain none, which is found out in a tenth of the time.
_SPACES_TO_FOLD = ("  ", "\n", "\t", "\r", "\f")
_DECLARATION = re.compile(r"<[!?][^<>]*+>")
# A "<" that begins no complete tag.
_STRAY = re.compile(r"""<(?!/?[a-zA-Z](?:[^<>"']++|"[^"]*+"|'[^']*+'){0,200}+>)""")


def html_sections(html: str) -> tuple[Section, ...]:
    """Split HTML at its headings; the text is not cleaned yet.

    Args:
        html: Wagtail's stored rich text or any other HTML, even malformed.

    Returns:
        Sections in order; the first has no heading when the text starts without one. An anchor is the heading's
        ``id``, or ``heading_anchor`` of its text where it has none.
    """
    # The standard library's parser takes minutes for 100 kB of "<a <a <a", and some versions stop at <![word]>, so both
    # are removed before, and so are comments. Like in a browser, one that is never closed reaches to the end.
    kept, position = [], 0
    while (start := html.find("<!--", position)) >= 0:
        kept.append(html[position:start])
        end = html.find("-->", start + 2)
        position = end + 3 if end >= 0 else len(html)
    without_comments = "".join((*kept, html[position:]))
    parser = _SectionParser()
    parser.feed(_STRAY.sub("&lt;", _DECLARATION.sub("", without_comments)))
    parser.close()
    return parser.sections()


class _SectionParser(HTMLParser):
    """Keeps paragraphs and lines apart the way a browser lays them out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._outline = Outline()
        self._text: list[str] = []
        #: Text of the heading that is open; ``None`` outside headings.
        self._heading: list[str] | None = None
        self._heading_id = ""
        #: Newlines to add before the next text.
        self._breaks = 0
        self._preformatted = 0
        self._hidden = 0

    def sections(self) -> tuple[Section, ...]:
        self._end_heading()
        self._end_paragraphs()
        return self._outline.sections()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif self._hidden:
            return
        elif tag in _HEADINGS:
            self._end_heading()
            self._heading, self._heading_id = [], dict(attrs).get("id") or ""
        elif tag == "br":
            self._breaks = min(self._breaks + 1, 2)
        else:
            if self._break_for(tag) and self._heading:
                # A heading that was never closed must not swallow the rest of the page.
                self._end_heading()
            self._preformatted += tag == "pre"

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
            self._outline.add_heading(heading, self._heading_id or heading_anchor(heading))

    def _end_paragraphs(self) -> None:
        self._outline.add_paragraph("".join(self._text).strip())
        self._text = []
