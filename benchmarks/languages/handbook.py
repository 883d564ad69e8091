"""Reads editions of the Debian Administrator's Handbook, as the HTML of its Debian package."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bs4 import BeautifulSoup, Tag

#: Where the package has them, one folder each.
EDITIONS = Path("usr/share/doc/debian-handbook/html")
#: The edition that the others are translated from.
ENGLISH = "en-US"

#: Small words that only English has, and the share of them in a text that is English. A paragraph that was never
#: translated may differ from the English edition in the title of a chapter that it refers to.
_ENGLISH_WORDS = frozenset(("the", "and", "that", "with", "this", "are", "which", "from", "you", "it"))
_ENGLISH_SHARE = 0.08

#: "9.10.1. " or "A.6. " before a title.
_NUMBER = re.compile(r"^\w+(?:\.\w+)*\.\s+")


@dataclass(frozen=True, slots=True)
class Section:
    """What stands below a heading of the second or third level, up to the next of them."""

    #: File and anchor: the same in every edition.
    key: tuple[str, str]
    #: 1 to 18, of which the last two are the appendices.
    chapter: int
    title: str
    paragraphs: tuple[str, ...]


def find_editions(folder: Path) -> Path:
    """Return the folder that holds the editions.

    Args:
        folder: this one, or what the package was unpacked to.

    Raises:
        FileNotFoundError: there is no English edition.
    """
    for editions in (folder, folder / EDITIONS):
        if (editions / ENGLISH / "index.html").exists():
            return editions
    raise FileNotFoundError(f"{folder} holds no {EDITIONS / ENGLISH}: unpack Debian's package debian-handbook there.")


def read_edition(editions: Path, name: str) -> list[Section]:
    """Read an edition in the order of the book, without prefaces.

    Args:
        editions: from ``find_editions``.
        name: of the edition, such as ``de-DE``.
    """
    chapters = read_chapters((editions / ENGLISH / "index.html").read_text(encoding="utf-8"))
    return [
        section
        for file, chapter in chapters.items()
        for section in read_sections((editions / name / file).read_text(encoding="utf-8"), file, chapter)
    ]


def read_chapters(index: str) -> dict[str, int]:
    """Return the chapter that each file belongs to, in the order of the table of contents.

    Args:
        index: the HTML of the contents.
    """
    chapters: dict[str, int] = {}
    chapter = 0
    for entry in _parse(index).select(".toc span"):
        link, kinds = entry.find("a", href=True), entry.get_attribute_list("class")
        if not isinstance(link, Tag):
            continue
        if "chapter" in kinds or "appendix" in kinds:
            chapter += 1
        if chapter:
            chapters.setdefault(str(link["href"]).partition("#")[0], chapter)
    return chapters


def read_sections(html: str, file: str, chapter: int) -> Iterator[Section]:
    """Read the sections of a file. What is to be typed into a terminal or a file (``pre``) is no text.

    Args:
        html: of the file.
        file: its name.
        chapter: that it belongs to.
    """
    heading: Tag | None = None
    paragraphs: list[str] = []
    for found in _parse(html).select("h2.title, h3.title, div.para"):
        if found.name == "div":
            paragraphs.append(_own_text(found))
            continue
        if heading is not None:
            yield _section(heading, paragraphs, file, chapter)
        heading, paragraphs = found, []
    if heading is not None:
        yield _section(heading, paragraphs, file, chapter)


def leave_out_english(sections: Iterable[Section], english: Sequence[Section]) -> list[Section]:
    """Return the sections with a title that is translated, with the paragraphs that are.

    A paragraph is not translated when the English edition has it, anywhere, or when it looks English.

    Args:
        sections: of an edition.
        english: the sections of the English edition.
    """
    titles = {section.key: _compared(section.title) for section in english}
    known = {_compared(text) for section in english for text in section.paragraphs}

    def is_translated(text: str) -> bool:
        return _compared(text) not in known and not looks_english(text)

    return [
        replace(section, paragraphs=tuple(filter(is_translated, section.paragraphs)))
        for section in sections
        if section.key in titles and _compared(section.title) != titles[section.key]
    ]


def looks_english(text: str) -> bool:
    """Return whether a text is full of small English words."""
    words = re.findall(r"\w+", text.lower())
    return sum(word in _ENGLISH_WORDS for word in words) > _ENGLISH_SHARE * len(words)


def text_of(sections: Iterable[Section]) -> str:
    """Return titles and paragraphs as one text."""
    return "\n".join(text for section in sections for text in (section.title, *section.paragraphs))


def _parse(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def _section(heading: Tag, paragraphs: Sequence[str], file: str, chapter: int) -> Section:
    anchor = heading.find("a", id=True)
    key = (file, str(anchor["id"]) if isinstance(anchor, Tag) else "")
    title = _NUMBER.sub("", _joined(heading.get_text()))
    return Section(key, chapter, title, tuple(filter(None, paragraphs)))


def _own_text(paragraph: Tag) -> str:
    """Return the text of a paragraph without that of the lists in it, whose items are paragraphs themselves."""
    strings = (text for text in paragraph.find_all(string=True) if text.find_parent(_is_block) is paragraph)
    return _joined("".join(strings))


def _is_block(tag: Tag) -> bool:
    return tag.name in ("pre", "table") or "para" in tag.get_attribute_list("class")


def _joined(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _compared(text: str) -> str:
    return text.casefold()
