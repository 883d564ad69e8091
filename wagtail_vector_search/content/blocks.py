"""StreamField values to sections, block by block, so that headings and paragraphs are kept.

The text of a block is what Wagtail's search would index of it: ``search_index=False`` and a class's own
``get_searchable_content`` are respected everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.encoding import force_str
from wagtail.blocks import (
    Block,
    BlockQuoteBlock,
    CharBlock,
    ListBlock,
    RichTextBlock,
    StreamBlock,
    StreamValue,
    StructBlock,
    TextBlock,
)

from .document import Outline
from .markup import html_sections
from .text import clean_line, heading_anchor

_HEADING_NAMES = frozenset({"heading", "subheading", "title", "header", "heading_text"})
_HEADING_SUFFIXES = ("_heading", "_title")


def add_stream(outline: Outline, value: StreamValue) -> None:
    """Add everything a StreamField's value says to the outline."""
    _add_block(outline, value.stream_block, value)


def _add_block(outline: Outline, block: Block, value: Any) -> None:
    if value is None or _is_silent(block):
        return
    walk = _WALKERS.get(_searchable(block), _add_leaf)
    walk(outline, block, value)


def _add_stream(outline: Outline, block: StreamBlock, value: StreamValue) -> None:
    children: Iterable[Any] = value
    if value.is_lazy:
        # Reading one image or page of a stored stream fetches all of them from the database, for no text.
        speaking = {name for name, child in value.stream_block.child_blocks.items() if not _is_silent(child)}
        children = (value[index] for index, raw in enumerate(value.raw_data) if raw["type"] in speaking)
    for child in children:
        _add_block(outline, child.block, child.value)


def _add_struct(outline: Outline, block: StructBlock, value: Mapping[str, Any]) -> None:
    for name, child in block.child_blocks.items():
        _add_block(outline, child, value.get(name))


def _add_list(outline: Outline, block: ListBlock, value: Any) -> None:
    for item in value:
        _add_block(outline, block.child_block, item)


def _add_rich_text(outline: Outline, block: RichTextBlock, value: Any) -> None:
    outline.extend(html_sections(force_str(value.source)))


def _add_leaf(outline: Outline, block: Block, value: Any) -> None:
    text = "\n".join(force_str(part) for part in block.get_searchable_content(value) or () if part is not None)
    is_heading = (
        isinstance(block, (CharBlock, TextBlock))
        and not isinstance(block, BlockQuoteBlock)
        and (block.name in _HEADING_NAMES or block.name.endswith(_HEADING_SUFFIXES))
    )
    if not is_heading:
        outline.add_paragraph(text)
    elif heading := clean_line(text):
        outline.add_heading(heading, heading_anchor(heading))


def _is_silent(block: Block) -> bool:
    """Return whether a block has no text, whatever its value."""
    searchable = _searchable(block)
    if searchable is Block.get_searchable_content or not getattr(block, "search_index", True):
        return True
    children = _CHILDREN.get(searchable)
    return children is not None and all(_is_silent(child) for child in children(block))


def _searchable(block: Block) -> Callable[..., Any]:
    """Return the function that gives Wagtail's search the text of a block: Wagtail's own, or a subclass's."""
    return type(block).get_searchable_content


# Keyed by Wagtail's own functions: a subclass that overrides its function decides alone and is not walked.
_WALKERS: Mapping[Callable[..., Any], Callable[[Outline, Any, Any], None]] = {
    StreamBlock.get_searchable_content: _add_stream,
    StructBlock.get_searchable_content: _add_struct,
    ListBlock.get_searchable_content: _add_list,
    RichTextBlock.get_searchable_content: _add_rich_text,
}
_CHILDREN: Mapping[Callable[..., Any], Callable[[Any], Any]] = {
    StreamBlock.get_searchable_content: lambda block: block.child_blocks.values(),
    StructBlock.get_searchable_content: lambda block: block.child_blocks.values(),
    ListBlock.get_searchable_content: lambda block: (block.child_block,),
}
