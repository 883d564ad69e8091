"""The blocks of an article's body."""

from __future__ import annotations

from wagtail import blocks

INLINE_FEATURES = ["bold", "italic", "code", "link"]


class BodyBlock(blocks.StreamBlock):
    """Headings, paragraphs, lists and code, in any order."""

    heading = blocks.CharBlock(icon="title", form_classname="title", template="library/blocks/heading.html")
    paragraph = blocks.RichTextBlock(icon="pilcrow", features=[*INLINE_FEATURES, "ol", "ul"])
    list = blocks.ListBlock(
        blocks.RichTextBlock(features=INLINE_FEATURES), icon="list-ul", template="library/blocks/list.html"
    )
    code = blocks.TextBlock(icon="code", rows=8, template="library/blocks/code.html")
