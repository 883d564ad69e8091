"""Blocks of plain text to the values that the body of an article stores. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain, count
from typing import Any

from django.utils.html import escape

from ..pydocs.blocks import Block

CODE = re.compile(r"``(.+?)``|`([^`]+)`")
STRONG = re.compile(r"\*\*(\w(?:[^*]*\w)?)\*\*")
EMPHASIS = re.compile(r"(?<![\w*])\*(\w(?:[^*]*\w)?)\*(?![\w*])")
MAX_HEADING = 200


def body_from_blocks(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Return blocks as the raw data of a ``BodyBlock``.

    Args:
        blocks: neighbouring paragraphs become one rich text; a heading that was there before gets a number, since
            headings are link targets.
    """
    body: list[dict[str, Any]] = []
    headings: set[str] = set()
    for block in blocks:
        if block.kind == "paragraph" and body and body[-1]["type"] == "paragraph":
            body[-1]["value"] += f"<p>{inline_html(block.text)}</p>"
        else:
            body.append({"type": block.kind, "value": _value(block, headings)})
    return body


def _value(block: Block, headings: set[str]) -> Any:
    if block.kind == "heading":
        heading = block.text[:MAX_HEADING].replace("`", "")
        numbered = (f"{heading} ({number})" for number in count(2))
        unique = next(text for text in chain([heading], numbered) if text not in headings)
        headings.add(unique)
        return unique
    if block.kind == "list":
        return [f"<p>{inline_html(item)}</p>" for item in block.items]
    return f"<p>{inline_html(block.text)}</p>" if block.kind == "paragraph" else block.text


def inline_html(text: str) -> str:
    """Return plain text as HTML, with the inline marks of reStructuredText turned into elements."""
    parts: list[str] = []
    end = 0
    for literal in CODE.finditer(text):
        parts += [_emphasised(text[end : literal.start()]), f"<code>{escape(literal[1] or literal[2])}</code>"]
        end = literal.end()
    return "".join([*parts, _emphasised(text[end:])])


def _emphasised(text: str) -> str:
    return EMPHASIS.sub(r"<i>\1</i>", STRONG.sub(r"<b>\1</b>", escape(text)))
