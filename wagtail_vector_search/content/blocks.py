"""StreamField values to sections, block by block, so that headings and paragraphs are kept.

The text of a block is what Wagtail's search would index of it: ``search_index=False`` and a class's own
``get_searchable_content`` are respected everywhere. A text that its block renders in another form is read as visitors
see it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.encoding import force_str
from django.utils.safestring import SafeData
from wagtail.blocks import (
    Block,
    BlockQuoteBlock,
    BooleanBlock,
    CharBlock,
    ChoiceBlock,
    FieldBlock,
    IntegerBlock,
    ListBlock,
    MultipleChoiceBlock,
    RichTextBlock,
    StreamBlock,
    StreamValue,
    StructBlock,
    TextBlock,
)

from .markup import add_html
from .outline import Outline
from .text import clean_line

logger = logging.getLogger(__name__)

_HEADING_NAMES = frozenset({"heading", "subheading", "title", "header", "heading_text"})
_HEADING_SUFFIXES = ("_heading", "_title")
#: What a struct that is nothing but a heading may have beside it.
_SETTINGS = (BooleanBlock, ChoiceBlock, IntegerBlock, MultipleChoiceBlock)
_ID_NAMES = frozenset({"anchor", "anchor_id", "html_id", "id"})
_HTML_LEVEL = re.compile("h[1-6]")


def add_stream(outline: Outline, value: StreamValue) -> None:
    """Add everything a StreamField's value says to the outline."""
    block = value.stream_block
    # Its own headings are those of the page: text in its other blocks goes under them.
    if _searchable(block) is StreamBlock.get_searchable_content and not is_silent(block):
        _add_stream(outline, block, value)
    else:
        _add_block(outline, block, value)


def _add_block(outline: Outline, block: Block, value: Any) -> None:
    if value is None or is_silent(block):
        return
    walk = _WALKERS.get(_searchable(block), _add_leaf)
    walk(outline, block, value)


def _add_stream(outline: Outline, block: StreamBlock, value: StreamValue) -> None:
    children: Iterable[Any] = value
    if value.is_lazy:
        # Reading one image or page of a stored stream fetches all of them from the database, for no text.
        speaking = {name for name, child in value.stream_block.child_blocks.items() if not is_silent(child)}
        children = (value[index] for index, raw in enumerate(value.raw_data) if raw["type"] in speaking)
    for child in children:
        _add_block(outline, child.block, child.value)


def _add_nested_stream(outline: Outline, block: StreamBlock, value: StreamValue) -> None:
    with outline.nested():
        _add_stream(outline, block, value)


def _add_struct(outline: Outline, block: StructBlock, value: Mapping[str, Any]) -> None:
    if _is_heading_struct(block):
        _add_heading_struct(outline, block, value)
        return
    with outline.nested():
        for name, child in block.child_blocks.items():
            _add_block(outline, child, value.get(name))


def _add_heading_struct(outline: Outline, block: StructBlock, value: Mapping[str, Any]) -> None:
    """Add a heading that is made of several fields, such as its words and its size."""
    values = {name: force_str(value.get(name) or "") for name in block.child_blocks}
    own_id = next((clean_line(values[name]) for name in values if name in _ID_NAMES), "")
    level = next((int(said[1]) for said in values.values() if _HTML_LEVEL.fullmatch(said)), 0)
    for name, child in block.child_blocks.items():
        if is_silent(child) or name in _ID_NAMES:
            continue
        if _is_heading(child):
            if value.get(name) is not None:
                _add_heading(outline, child, value.get(name), own_id=own_id, level=level)
                own_id = ""
        else:
            _add_block(outline, child, value.get(name))


def _add_list(outline: Outline, block: ListBlock, value: Any) -> None:
    for item in value:
        with outline.nested():
            _add_block(outline, block.child_block, item)


def _add_rich_text(outline: Outline, block: RichTextBlock, value: Any) -> None:
    add_html(outline, force_str(value.source))


def _add_choice(outline: Outline, block: ChoiceBlock | MultipleChoiceBlock, value: Any) -> None:
    # No template need show them, and most are settings: a colour, a size.
    for label in block.get_searchable_content(value):
        outline.add_label(force_str(label))


def _add_leaf(outline: Outline, block: Block, value: Any) -> None:
    if _is_heading(block):
        _add_heading(outline, block, value, level=int(block.name == "subheading"))
        return
    if html := _rendered(block, value):
        add_html(outline, html)
        return
    parts = [part for part in block.get_searchable_content(value) or () if part is not None]
    if "None" in parts and _holds_none(value):
        # Blocks of Wagtail make a word of a value that is not there, such as the text for an image.
        parts = [part for part in parts if part != "None"]
    if any(isinstance(part, SafeData) for part in parts):
        for part in parts:
            if isinstance(part, SafeData):
                add_html(outline, force_str(part))
            else:
                outline.add_paragraph(force_str(part))
    else:
        outline.add_paragraph("\n".join(force_str(part) for part in parts))


def _rendered(block: Block, value: Any) -> str:
    """Return the HTML of a text that its block shows in another form than it is written in, such as Markdown."""
    if _searchable(block) not in _PLAIN_TEXTS or block.render_basic.__func__ in _PLAIN_RENDERINGS:
        return ""
    try:
        html = block.render_basic(value)
    except Exception as error:  # the project's own code, which may need a request
        logger.debug("A %s could not be rendered; its text is read as it is written: %s", type(block).__name__, error)
        return ""
    return str(html) if isinstance(html, SafeData) else ""


def _holds_none(value: Any) -> bool:
    """Return whether there is nothing in some place of a value."""
    if value is None or getattr(value, "contextual_alt_text", "") is None:
        return True
    if isinstance(value, Mapping):
        return any(map(_holds_none, value.values()))
    if isinstance(value, StreamValue):
        return any(_holds_none(child.value) for child in value)
    if rows := getattr(value, "row_data", None):  # of a typed table
        return any(_holds_none(cell) for row in rows for cell in row["values"])
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes)) and any(map(_holds_none, value))


def _add_heading(outline: Outline, block: Block, value: Any, *, own_id: str = "", level: int = 0) -> None:
    text = " ".join(force_str(part) for part in block.get_searchable_content(value) or () if part is not None)
    if heading := clean_line(text):
        outline.add_heading(heading, own_id=own_id, level=level)


def _is_heading(block: Block) -> bool:
    return (
        isinstance(block, (CharBlock, TextBlock))
        and not isinstance(block, BlockQuoteBlock)
        and (block.name in _HEADING_NAMES or block.name.endswith(_HEADING_SUFFIXES))
    )


def _is_heading_struct(block: StructBlock) -> bool:
    """Return whether a struct is nothing but a heading, and heads what follows it."""
    children = block.child_blocks
    return any(map(_is_heading, children.values())) and all(
        _is_heading(child) or isinstance(child, _SETTINGS) or name in _ID_NAMES for name, child in children.items()
    )


def is_silent(block: Block) -> bool:
    """Return whether a block has no text, whatever its value."""
    searchable = _searchable(block)
    if searchable is Block.get_searchable_content or not getattr(block, "search_index", True):
        return True
    children = _CHILDREN.get(searchable)
    return children is not None and all(is_silent(child) for child in children(block))


def _searchable(block: Block) -> Callable[..., Any]:
    """Return the function that gives Wagtail's search the text of a block: Wagtail's own, or a subclass's."""
    return type(block).get_searchable_content


# Keyed by Wagtail's own functions: a subclass that overrides its function decides alone and is not walked.
_WALKERS: Mapping[Callable[..., Any], Callable[[Outline, Any, Any], None]] = {
    StreamBlock.get_searchable_content: _add_nested_stream,
    StructBlock.get_searchable_content: _add_struct,
    ListBlock.get_searchable_content: _add_list,
    RichTextBlock.get_searchable_content: _add_rich_text,
    ChoiceBlock.get_searchable_content: _add_choice,
    MultipleChoiceBlock.get_searchable_content: _add_choice,
}
#: Functions that give the value of a block as it is written, and those that render it so.
_PLAIN_TEXTS = (CharBlock.get_searchable_content, TextBlock.get_searchable_content)
_PLAIN_RENDERINGS = (Block.render_basic, FieldBlock.render_basic, BlockQuoteBlock.render_basic)
_CHILDREN: Mapping[Callable[..., Any], Callable[[Any], Any]] = {
    StreamBlock.get_searchable_content: lambda block: block.child_blocks.values(),
    StructBlock.get_searchable_content: lambda block: block.child_blocks.values(),
    ListBlock.get_searchable_content: lambda block: (block.child_block,),
}
