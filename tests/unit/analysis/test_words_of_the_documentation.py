"""The tables of docs/explanation/words.md say what is so."""

import re
from pathlib import Path

import pytest
from django.conf.locale import LANG_INFO

from tests.matching import finds
from wagtail_vector_search.analysis import get_analyzer
from wagtail_vector_search.analysis.folding import write_digraphs
from wagtail_vector_search.analysis.languages import STEMMERS, get_language
from wagtail_vector_search.analysis.scripts import IS_UNSPACED

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "explanation" / "words.md").read_text(encoding="utf-8")
#: A letter of the languages that put no spaces between words.
UNSPACED = {"zh": "中", "ja": "の", "ko": "한", "th": "ก", "lo": "ກ", "km": "ក", "my": "က"}


def rows(heading):
    """Yield the cells of the table that begins with a heading."""
    table = PAGE[PAGE.index(f"| {heading} |") :].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.splitlines()[2:]]


def examples(heading):
    """Return kind, text and query of every example in a table."""
    return [
        (kind, text.strip("`"), query)
        for kind, text, queries in rows(heading)
        for query in re.findall(r"`([^`]+)`", queries)
    ]


def test_the_tables_have_examples():
    assert len(examples("Kind")) > 60
    assert len(examples("Language")) > 40


@pytest.mark.parametrize(("kind", "text", "query"), examples("Kind"))
def test_each_kind_is_found_as_the_page_says(kind, text, query):
    assert finds(query, text)


@pytest.mark.parametrize(("language", "text", "query"), examples("Language"))
def test_each_language_is_found_as_the_page_says(language, text, query):
    assert finds(query, text, language.split("`")[1])


def test_words_with_other_signs_are_other_words():
    terms = {get_analyzer("en", {}).tokens(word)[0].term for word in ("C++", "C#", "C")}
    assert len(terms) == 3


def known_languages():
    """Return the table of what is known of each language."""
    lines = ["| Code | | endings | small words | elision | ae for ä | no spaces |", "| --- | --- |" + " :-: |" * 5]
    for code in sorted({code for code in LANG_INFO if "-" not in code} | {*STEMMERS, *UNSPACED}):
        language = get_language(code)
        is_unspaced = IS_UNSPACED.match(UNSPACED.get(code, "a"))
        if language.stemmer or language.stop_words or language.elided or is_unspaced:
            name = LANG_INFO.get(code, {}).get("name") or NAMES[code]
            has_digraphs = write_digraphs("ä", code) == "ae"
            has = (language.stemmer, language.stop_words, language.elided, has_digraphs, is_unspaced)
            lines.append(f"| `{code}` | {name} | " + " | ".join("yes" if one else "–" for one in has) + " |")
    return "\n".join(lines)


#: Languages that Django has no name for.
NAMES = {"no": "Norwegian", "zh": "Chinese", "st": "Sesotho", "yi": "Yiddish", "lo": "Lao", "eu": "Basque"}


def test_the_table_of_languages_is_that_of_the_code():
    assert known_languages() in PAGE, f"Put this into docs/explanation/words.md:\n\n{known_languages()}"
