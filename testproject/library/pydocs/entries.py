"""Decide which definitions and topics become a page of their own and what each page says. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pydoc_data.topics import topics

from .blocks import UNDERLINE, Block, blocks_from_text
from .definitions import Definition

#: Words of documentation from which a class or function has a page of its own.
OWN_PAGE_WORDS = 75
#: Fewest words worth a page that has no pages below it.
FEWEST_WORDS = 40
#: What is longer is not a summary that could stand in a title.
MAX_SUMMARY = 110
#: Topics of the manual that only repeat the text of others.
REPEATS = frozenset({"compound", "dynamic-features", "else", "execmodel", "specialnames"})
#: Literals stand in quotes, since the topics are plain text.
LITERAL = re.compile(r'"([^"\s](?:[^"]*[^"\s])?)"')
INLINE_MARKS = re.compile(r"`+|(?<!\w)\*+(?=\w)|(?<=\w)\*+(?!\w)")
FIRST_SENTENCE = re.compile(r".{12,109}?\.(?=\s+[A-Z(`*])")


@dataclass(slots=True)
class Entry:
    """A page to be: a name, one line on what it is, what stands on it, and the pages below it."""

    name: str
    summary: str = ""
    blocks: list[Block] = field(default_factory=list)
    children: list[Entry] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The name and the summary, as they stand above the page."""
        return f"{self.name} — {self.summary}" if self.summary else self.name

    @property
    def word_count(self) -> int:
        """Number of words on the page, without those of the pages below it."""
        return len(self.summary.split()) + sum(block.word_count for block in self.blocks)

    def walk(self) -> Iterator[Entry]:
        """Yield this entry and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def entries_from_topics() -> list[Entry]:
    """Return one entry for each topic of the manual that ``help("TOPIC")`` shows, in the order of their titles."""
    entries = []
    for name, text in topics.items():
        if name not in REPEATS:
            title, *blocks = blocks_from_text(text)
            title_text = title.text.replace("“", '"').replace("”", '"')
            entries.append(Entry(title_text, blocks=[_with_literals(block) for block in blocks]))
    return sorted(entries, key=lambda entry: entry.title.strip('"').lower())


def _with_literals(block: Block) -> Block:
    if block.kind != "code":
        block.text = LITERAL.sub(r"`\1`", block.text)
        block.items = [LITERAL.sub(r"`\1`", item) for item in block.items]
    return block


def entries_from_modules(modules: Iterable[Definition]) -> list[Entry]:
    """Make one entry per documented module, with entries below it for its well documented parts.

    Args:
        modules: from ``definitions.standard_library``.

    Returns:
        The entries of the top-level modules, in the same order.
    """
    entries = [_module_entry(module, module.name) for module in modules]
    return [entry for entry in entries if _is_worth_a_page(entry)]


def _module_entry(module: Definition, name: str) -> Entry:
    entry = _entry(name, module.doc)
    submodules = [member for member in module.members if member.kind == "module"]
    for member in module.members:
        if member.kind == "module":
            continue
        if _word_count(member) >= OWN_PAGE_WORDS:
            full_name = member.name if name == "builtins" else f"{name}.{member.name}"
            entry.children.append(_member_entry(member, full_name))
        else:
            entry.blocks += _member_blocks(member)
    entry.children += [_module_entry(submodule, f"{name}.{submodule.name}") for submodule in submodules]
    entry.children = [child for child in entry.children if _is_worth_a_page(child)]
    if entry.word_count < FEWEST_WORDS and entry.children:
        titles = [child.title for child in entry.children]
        entry.blocks += [Block("heading", "On the pages below"), Block("list", items=titles)]
    return entry


def _member_entry(member: Definition, name: str) -> Entry:
    entry = _entry(name, member.doc)
    if member.signature:
        entry.blocks.insert(0, Block("code", member.signature))
    for part in member.members:
        entry.blocks += _member_blocks(part)
    return entry


def _entry(name: str, doc: str) -> Entry:
    blocks = blocks_from_text(_with_own_first_line(doc))
    if blocks and blocks[0].text.strip("- ").lower() in {name, name.rpartition(".")[2]}:
        blocks = blocks[1:]
    if blocks and blocks[0].kind == "paragraph" and _is_call(blocks[0].text, name):
        blocks[0].kind = "code"
        return _with_summary(name, blocks[:1], blocks[1:])
    return _with_summary(name, [], blocks)


def _with_summary(name: str, first: list[Block], blocks: list[Block]) -> Entry:
    summary = ""
    if blocks and blocks[0].kind == "paragraph":
        summary, rest = _split_summary(blocks[0].text)
        if summary:
            blocks = [Block("paragraph", rest), *blocks[1:]] if rest else blocks[1:]
    return Entry(name, _tidy_summary(summary, name), first + blocks)


def _split_summary(paragraph: str) -> tuple[str, str]:
    """Return the paragraph, or its first sentence, if that is short enough for a title; and what is left of it."""
    if len(paragraph) <= MAX_SUMMARY:
        return paragraph, ""
    sentence = FIRST_SENTENCE.match(paragraph)
    return (sentence[0], paragraph[sentence.end() :].strip()) if sentence else ("", paragraph)


def _is_call(text: str, name: str) -> bool:
    """Whether a paragraph is the signature that docstrings of C functions start with."""
    short = re.escape(name.rpartition(".")[2])
    return re.match(rf"(?:\w+ = )?(?:\w+\.)?{short}\(.*\)|\w+\(.*\) *-+> ", text) is not None


def _with_own_first_line(doc: str) -> str:
    """Set the first line apart where it is a sentence, as PEP 257 asks docstrings to do."""
    first, _, rest = doc.strip().partition("\n")
    return f"{first}\n\n{rest}" if first.endswith(".") and not UNDERLINE.match(rest) else doc


def _tidy_summary(text: str, name: str) -> str:
    """Drop the name that many docstrings start with (``csv.py - read/write``), and the full stop."""
    short = re.escape(name.rpartition(".")[2])
    text = re.sub(rf"^(?:module )?{short}(?:\.py)?\s*(?:--?|:)\s+", "", text, flags=re.IGNORECASE).strip()
    text = INLINE_MARKS.sub("", text.removesuffix(".") if text.count(". ") == 0 else text)
    return text[:1].upper() + text[1:]


def _member_blocks(member: Definition) -> list[Block]:
    """Return a member as a part of a page: a heading, how to call it, and its docstring."""
    blocks = [block for block in blocks_from_text(member.doc) if block.kind != "heading"]
    parts = [block for part in member.members for block in _method_blocks(part)]
    if not (blocks or parts):
        return []
    heading = f"{member.name}()" if member.kind == "function" else member.name
    signature = [Block("code", member.signature)] if member.signature not in ("", heading) else []
    return [Block("heading", heading), *signature, *blocks, *parts]


def _method_blocks(method: Definition) -> list[Block]:
    blocks = [block for block in blocks_from_text(method.doc) if block.kind != "heading"]
    return [Block("code", method.signature or f"{method.name}()"), *blocks] if blocks else []


def _is_worth_a_page(entry: Entry) -> bool:
    return bool(entry.children) or entry.word_count >= FEWEST_WORDS


def _word_count(definition: Definition) -> int:
    return len(definition.doc.split()) + sum(_word_count(member) for member in definition.members)
