"""Names of code are found whole and by their parts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_vector_search.content import keywords
from wagtail_vector_search.content.keywords import split_identifiers


@pytest.mark.parametrize(
    ("text", "words", "names"),
    [
        ("Set WAGTAILADMIN_BASE_URL.", "Set WAGTAILADMIN BASE URL.", {"wagtailadmin_base_url": 1}),
        ("page_published, page_published", "page published, page published", {"page_published": 2}),
        ("os.path and foo::bar", "os path and foo bar", {"os.path": 1, "foo::bar": 1}),
        ("page.search_score", "page search score", {"page.search_score": 1, "search_score": 1}),
        ("StreamField", "StreamField Stream Field", {}),
        ("HTTPServer", "HTTPServer HTTP Server", {}),
        ("__init__ and __all_names__", "__init__ and all names", {"all_names": 1}),
        ("e.g. at 5 p.m., version 3.12.1", "e.g. at 5 p.m., version 3.12.1", {}),
        ("Nothing of the kind, though.", "Nothing of the kind, though.", {}),
    ],
)
def test_a_name_is_written_as_words_and_kept_whole(text, words, names):
    assert split_identifiers(text) == (words, names)


def test_a_name_without_end_takes_no_time():
    text, names = split_identifiers("a_" * 100_000)
    assert len(text) <= 400_000
    assert sum(names.values()) <= 100_000


@given(
    st.lists(st.sampled_from(["a", "ab", "Ab", "AB", "ABcd", "7", "_", "__", ".", "::", ":", " ", "\u00e9"])).map(
        "".join
    )
)
def test_a_text_whose_words_are_not_looked_at_has_no_names(text):
    with pytest.MonkeyPatch.context() as patch:
        found = split_identifiers(text)
        patch.setattr(keywords, "_INNER_SEPARATOR", re.compile(""))
        patch.setattr(keywords, "_INNER_HUMP", re.compile(""))
        assert split_identifiers(text) == found
