"""The topics of Python's own manual, which ``help("TOPIC")`` shows."""

from __future__ import annotations

import re
from pydoc_data.topics import topics

from .blocks import Block, blocks_from_text
from .entries import Entry

#: Topics that only repeat the text of others.
REPEATS = frozenset({"compound", "dynamic-features", "else", "execmodel", "specialnames"})
#: Literals stand in quotes, since the topics are plain text.
LITERAL = re.compile(r'"([^"\s](?:[^"]*[^"\s])?)"')


def entries_from_topics() -> list[Entry]:
    """Return one entry per topic, in the order of their titles."""
    entries = [_entry(text) for name, text in topics.items() if name not in REPEATS]
    return sorted(entries, key=lambda entry: entry.title.strip('"').lower())


def _entry(text: str) -> Entry:
    title, *blocks = blocks_from_text(text)
    return Entry(title.text.replace("“", '"').replace("”", '"'), blocks=[_with_literals(block) for block in blocks])


def _with_literals(block: Block) -> Block:
    if block.kind != "code":
        block.text = LITERAL.sub(r"`\1`", block.text)
        block.items = [LITERAL.sub(r"`\1`", item) for item in block.items]
    return block
