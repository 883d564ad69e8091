"""Short excerpts of passages in which the words of a question are marked. Pure."""

from __future__ import annotations

from itertools import accumulate

from django.utils.safestring import SafeString, mark_safe

EXCERPT_WORDS = 55


def excerpt(marked: SafeString) -> SafeString:
    """Return the stretch of a passage that holds most of the marked words.

    Args:
        marked: what the ``highlight`` filter returns: text in which each marked word is an element of its own, so
            that cutting between words never cuts an element.
    """
    words = marked.split()
    if len(words) <= EXCERPT_WORDS:
        return marked
    marks = [0, *accumulate(word.count("<mark>") for word in words)]
    starts = range(len(words) - EXCERPT_WORDS + 1)
    start = max(starts, key=lambda start: (marks[start + EXCERPT_WORDS] - marks[start], -start))
    end = start + EXCERPT_WORDS
    before, after = "… " if start else "", " …" if end < len(words) else ""
    return mark_safe(before + " ".join(words[start:end]) + after)  # noqa: S308  # a part of what was safe
