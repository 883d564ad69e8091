"""Collects paragraphs and headings, in reading order, into sections."""

from __future__ import annotations

from collections.abc import Iterable

from .document import Section


class Outline:
    """The sections of a page while they are being read; every paragraph goes under the last heading."""

    def __init__(self) -> None:
        self._sections: list[Section] = []
        self._heading = ""
        self._anchor = ""
        self._paragraphs: list[str] = []

    def add_heading(self, heading: str, anchor: str) -> None:
        """Start a section."""
        self._finish_section()
        self._heading, self._anchor = heading, anchor

    def add_paragraph(self, text: str) -> None:
        """Add text to the section that is open; empty text is ignored."""
        if text:
            self._paragraphs.append(text)

    def end_section(self) -> None:
        """Let what follows stand under no heading. Text that has none already is continued."""
        if self._heading:
            self.add_heading("", "")

    def extend(self, sections: Iterable[Section]) -> None:
        """Add sections; one without a heading continues the section that is open."""
        for section in sections:
            if section.heading:
                self.add_heading(section.heading, section.anchor)
            self.add_paragraph(section.text)

    def sections(self) -> tuple[Section, ...]:
        """Return the sections read so far, without those that say nothing."""
        self._finish_section()
        return tuple(self._sections)

    def _finish_section(self) -> None:
        if self._heading or self._paragraphs:
            self._sections.append(Section(self._heading, self._anchor, "\n\n".join(self._paragraphs)))
        self._heading, self._anchor, self._paragraphs = "", "", []
