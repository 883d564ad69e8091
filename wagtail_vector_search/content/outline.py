"""Collects what a page says, in reading order, into sections."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .anchors import Anchors
from .document import Section

#: Deeper than any heading of HTML.
_LEVELS = 10


@dataclass(slots=True)
class _Collected:
    """A section to which text is still added."""

    heading: str = ""
    #: ``None`` for a heading that gets its anchor at the end, when every ``id`` of the page is known.
    anchor: str | None = ""
    level: int = 0
    paragraphs: list[str] = field(default_factory=list)


class Outline:
    """Collects paragraphs, headings and labels. A paragraph goes under the last heading of its part of the page."""

    def __init__(self) -> None:
        self._sections: list[_Collected] = []
        #: Where the next paragraph goes; ``None`` starts a section without a heading.
        self._open: _Collected | None = None
        self._ids: set[str] = set()
        self._labels: dict[str, None] = {}
        self._depth = 0

    def add_heading(self, heading: str, *, own_id: str = "", level: int = 0) -> None:
        """Start a section.

        Args:
            heading: In one line, not empty.
            own_id: The ``id`` that the page gives to the heading. Without one it gets an anchor that is unique.
            level: See ``Section.level``.
        """
        self.reserve(own_id)
        self._start(_Collected(heading, own_id or None, level))

    def add_paragraph(self, text: str) -> None:
        """Add text to the section that is open; empty text is ignored."""
        if text:
            (self._open or self._start(_Collected())).paragraphs.append(text)

    def add_label(self, text: str) -> None:
        """Add words that are found, but neither shown nor read by the model; equal ones once."""
        if text:
            self._labels[text] = None

    def add_section(self, section: Section) -> None:
        """Add a section as it is; one without a heading continues the section that is open."""
        if section.words_only:
            self.add_label(section.text)
            return
        if section.heading:
            self.reserve(section.anchor)
            self._start(_Collected(section.heading, section.anchor, section.level))
        self.add_paragraph(section.text)

    def reserve(self, element_id: str) -> None:
        """Note the ``id`` of any element, so that no heading gets it for its anchor."""
        self._ids.add(element_id)

    def end_section(self) -> None:
        """Put what follows under no heading. A section that has no heading already is continued."""
        if self._open and self._open.heading:
            self._open = None

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Add what is a part of the page by itself: what follows it goes on with the section that was open before."""
        before, count = self._open, len(self._sections)
        self._depth += 1
        yield
        self._depth -= 1
        if any(section.heading for section in self._sections[count:]):
            self._open = before

    def sections(self) -> tuple[Section, ...]:
        """Return what was added. Labels come last."""
        anchors = Anchors(self._ids)
        sections = [
            Section(
                each.heading,
                anchors.add(each.heading) if each.anchor is None else each.anchor,
                "\n\n".join(each.paragraphs),
                each.level,
            )
            for each in self._sections
        ]
        if self._labels:
            sections.append(Section("", "", "\n".join(self._labels), words_only=True))
        return tuple(sections)

    def _start(self, section: _Collected) -> _Collected:
        section.level += self._depth * _LEVELS
        self._sections.append(section)
        self._open = section
        return section
