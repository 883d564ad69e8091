"""Strategies for text, likely and unlikely."""

from __future__ import annotations

from hypothesis import strategies as st

from .hostile import CONTENTS, QUERIES

_FRAGMENTS = [text[:300] for text in (*CONTENTS.values(), *QUERIES.values())]

#: Any characters, lone surrogates and NUL included; pieces of hostile texts; words; and all of these together.
texts = st.lists(
    st.one_of(
        st.text(st.characters(codec=None), max_size=40),
        st.sampled_from(_FRAGMENTS),
        st.text("bread oven\n-", max_size=60),
        st.text("\u0301\u0316\u200d\u05b0a \u0e01\u4e2d\uac00\u202e", max_size=40),
    ),
    max_size=6,
).map(" ".join)
