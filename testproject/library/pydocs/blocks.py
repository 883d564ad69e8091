"""Turn the plain text of a docstring or a manual topic into headings, paragraphs, lists and code. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Literal

Kind = Literal["heading", "paragraph", "code", "list"]

UNDERLINE = re.compile(r"([=\-*~^#+])\1{2,}$")
BULLET = re.compile(r"[-*•]\s+")
#: A line that names what the indented text below it explains, such as ``str.find(sub[, start])``.
SIGNATURE = re.compile(r"(?:class |async )?[\w.]+\([^()]*(?:\([^()]*\)[^()]*)*\)(?: -> .+)?$")
#: One entry of a list of terms, such as ``name: what it means`` or ``name -- what it means``.
TERM = re.compile(r"[\w*'\"`./<>-]+(?: \([^)]*\))?(?:\s*:|\s+--?)\s+\S")
#: A term and its meaning in two columns.
COLUMNS = re.compile(r"(\S+(?: \S+)?)\s{2,}(?=\S)")
#: The rules of a table in reStructuredText, which only look like something in a fixed-width font.
TABLE_RULE = re.compile(r"\s*=+(?:\s+=+)+\s*$")
DIRECTIVE = re.compile(r"\.\. (versionadded|versionchanged|deprecated|note|warning)::\s*([\d.]*)\s*")
ROLE = re.compile(r":\w+(?::\w+)?:`~?")
DIRECTIVES = {
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "deprecated": "Deprecated since",
}
CODE_MARKS = re.compile(r"^\s*>>>|::=|^\s*\+[-=]{3}|^\s*\|.*\|\s*$", re.MULTILINE)
#: The first line of a compound statement, where code is to be expected.
STATEMENT = re.compile(r"(?:with|for|if|while|def|class|try|async|match)\b.{,60}:$")
NOT_PROSE = re.compile(r"[^\w\s.,;:'\u2018-\u201d\"()\-/?!*`\u2014]|\w\(|_\w|\(\)|==")


@dataclass(slots=True)
class Block:
    """One piece of a page: a heading, a paragraph, a piece of code, or the items of a list."""

    kind: Kind
    text: str = ""
    items: list[str] = field(default_factory=list)

    @property
    def word_count(self) -> int:
        """Number of words in the block."""
        return len(self.text.split()) + sum(len(item.split()) for item in self.items)


def blocks_from_text(text: str) -> list[Block]:
    """Split a text into blocks.

    Args:
        text: a manual topic, or a docstring without the indentation of its source.

    Returns:
        Its blocks in order; neighbouring pieces of code, and items of one list, are one block.
    """
    lines = dedent(text.expandtabs()).strip().splitlines()
    readable = [ROLE.sub("`", DIRECTIVE.sub(_spelled_out, line)) for line in lines if not TABLE_RULE.match(line)]
    return _parse(readable, indented=False)


def _spelled_out(directive: re.Match[str]) -> str:
    name, version = directive.groups()
    return f"{DIRECTIVES.get(name, name.capitalize())} {version}".strip() + ": "


def _parse(lines: list[str], *, indented: bool) -> list[Block]:
    blocks: list[Block] = []
    groups = list(_groups(lines))
    for number, group in enumerate(groups):
        if blocks and blocks[-1].kind == "code" and _indent(group[0]) and indented:
            blocks[-1].text += "\n\n" + "\n".join(group)
        elif _indent(group[0]):
            _extend(blocks, _parse_indented(group, blocks))
        elif indented and _is_code(group):
            _extend(blocks, [Block("code", "\n".join(group))])
        else:
            explained = number + 1 < len(groups) and _indent(groups[number + 1][0]) > 0
            _extend(blocks, list(_parse_group(group, explained=explained)))
    return blocks


def _groups(lines: list[str]) -> Iterator[list[str]]:
    """Yield runs of lines without a blank one; a run that is indented throughout goes on over blank lines."""
    group: list[str] = []
    for line in lines:
        if line.strip():
            if group and not _indent(line) and _indent(group[0]):
                yield _without_blank_end(group)
                group = []
            group.append(line.rstrip())
        elif group and _indent(group[0]):
            group.append("")
        elif group:
            yield group
            group = []
    if group:
        yield _without_blank_end(group)


def _without_blank_end(group: list[str]) -> list[str]:
    while not group[-1]:
        group.pop()
    return group


def _parse_indented(group: list[str], before: list[Block]) -> list[Block]:
    shift = min(_indent(line) for line in group if line)
    lines = [line[shift:] for line in group]
    if before and before[-1].kind == "paragraph" and before[-1].text.endswith("::"):
        before[-1].text = before[-1].text[:-1]
        return [Block("code", "\n".join(lines))]
    return _parse(lines, indented=True)


def _parse_group(group: list[str], *, explained: bool) -> Iterator[Block]:
    """Yield the blocks of lines at the left margin, with no blank line between them."""
    if len(group) > 1 and UNDERLINE.match(group[1].strip()) and not UNDERLINE.match(group[0].strip()):
        yield Block("heading", _joined(group[:1]))
        if group[2:]:
            yield from _parse(group[2:], indented=False)
    elif UNDERLINE.match(group[0].strip()):
        yield from _parse(group[1:], indented=False)
    elif explained and len(group) == 1 and SIGNATURE.match(group[0]):
        yield Block("heading", group[0])
    elif CODE_MARKS.search("\n".join(group)):
        yield from _parse_code(group)
    elif BULLET.match(group[0]):
        yield Block("list", items=[BULLET.sub("", item, count=1) for item in _items(group, BULLET)])
    elif sum(bool(TERM.match(line)) for line in group) > 1 and TERM.match(group[0]):
        yield Block("list", items=_items(group, TERM))
    elif sum(bool(COLUMNS.match(line)) for line in group) > 1 and COLUMNS.match(group[0]):
        yield Block("list", items=_items([COLUMNS.sub(r"\1: ", line, count=1) for line in group], re.compile(r"\S")))
    else:
        yield from _parse_paragraph(group)


def _parse_code(group: list[str]) -> Iterator[Block]:
    """Yield the prose that introduces some code without a blank line between, then the code."""
    start = next(number for number, line in enumerate(group) if CODE_MARKS.search(line))
    if start:
        yield Block("paragraph", _joined(group[:start]))
    yield Block("code", dedent("\n".join(group[start:])))


def _parse_paragraph(group: list[str]) -> Iterator[Block]:
    """Yield a paragraph; lines below it that are indented (as under ``Arguments:``) are parsed on their own."""
    first_indented = next((number for number, line in enumerate(group) if _indent(line) > 1), len(group))
    heads_more = group[first_indented - 1].endswith(":") and first_indented < len(group)
    end = first_indented if heads_more else len(group)
    yield Block("paragraph", _joined(group[:end]))
    if heads_more:
        yield from _parse_indented(group[end:], [])


def _items(group: list[str], start: re.Pattern[str]) -> list[str]:
    items: list[list[str]] = []
    for line in group:
        if not items or start.match(line):
            items.append([])
        items[-1].append(line)
    return [_joined(item) for item in items]


def _extend(blocks: list[Block], more: list[Block]) -> None:
    for block in more:
        if blocks and blocks[-1].kind == block.kind == "code":
            blocks[-1].text += "\n\n" + block.text
        elif blocks and blocks[-1].kind == block.kind == "list":
            blocks[-1].items += block.items
        else:
            blocks.append(block)


def _is_code(group: list[str]) -> bool:
    """Return whether indented lines are code: they have signs that are rare in prose, or too few words to tell."""
    text = " ".join(group)
    if CODE_MARKS.search("\n".join(group)) or STATEMENT.match(group[-1]):
        return True
    if BULLET.match(text) or any(sum(bool(form.match(line)) for line in group) > 1 for form in (TERM, COLUMNS)):
        return False
    words = text.split()
    signs = len(NOT_PROSE.findall(text))
    return signs > len(words) / 6 or (len(words) < 4 and not text.endswith((".", ":")))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())
