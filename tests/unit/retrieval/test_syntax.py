"""Quotes and hyphens are operators where they can hardly be meant otherwise."""

import pytest

from wagtail_vector_search.retrieval import parse_query
from wagtail_vector_search.retrieval.syntax import MAX_OPERATORS


def phrases(text):
    return [phrase.text for phrase in parse_query(text).phrases]


def exclusions(text):
    return [exclusion.text for exclusion in parse_query(text).exclusions]


@pytest.mark.parametrize(
    ("typed", "phrase"),
    [
        ('a "red herring" b', "red herring"),
        ("the “red herring”", "red herring"),
        ("ein „roter Hering“", "roter Hering"),
        ("ein »roter Hering«", "roter Hering"),
        ("un « faux indice »", "faux indice"),
        ("東京「全文検索」入門", "全文検索"),
        ("東京『全文検索』入門", "全文検索"),
        ("\uff02全文検索\uff02", "全文検索"),
        ('("red herring")?', "red herring"),
        ('"red herring', None),
        ('red herring"', None),
        ('5" nails, 6" long', None),
        ("it's a dog's life", None),
        ("Home » About us » Team", None),
        ('say "..." now', None),
        ('"" now', None),
        ('re"d her"ring', None),
    ],
)
def test_balanced_quotes_make_a_phrase(typed, phrase):
    assert phrases(typed) == ([phrase] if phrase else [])
    assert exclusions(typed) == []


@pytest.mark.parametrize(
    ("typed", "excluded"),
    [
        ("museum -car", "car"),
        ("-car museum", "car"),
        ("museum -wi-fi", "wi-fi"),
        ("museum -R&D", "R&D"),
        ('museum -"red herring"', "red herring"),
        ("museum -“red herring”", "red herring"),
        ("博物館 -京都", "京都"),
        ("博物館 \uff0d京都", "京都"),
        ("museum - car", None),
        ("museum -", None),
        ("x-ray museum", None),
        ("2019-2020 museum", None),
        ("2019 -2020 museum", None),
        ("below -5 degrees", None),
        ("git commit -m", None),
        ("migrate --fake", None),
        ("museum -...", None),
        ('museum -"..."', None),
        ('museum -"red herring', None),
    ],
)
def test_a_hyphen_before_a_word_or_a_phrase_excludes_it(typed, excluded):
    assert exclusions(typed) == ([excluded] if excluded else [])
    assert phrases(typed) == []


@pytest.mark.parametrize("typed", ["-car", "-car -bus", '-"red herring"', "-car ..."])
def test_a_query_of_exclusions_alone_is_plain_text(typed):
    assert not parse_query(typed).has_operators
    assert parse_query(typed).words == typed


def test_what_is_asked_for_has_no_operators_and_the_offsets_of_what_was_typed():
    typed = 'old "red herring" -car museum -"big bus"'
    query = parse_query(typed)
    assert query.words == "old red herring museum"
    assert query.written == typed
    assert len(query.text) == len(typed)
    (phrase,) = query.phrases
    assert typed[phrase.start : phrase.end] == query.text[phrase.start : phrase.end] == "red herring"
    assert query.text.index("museum") == typed.index("museum")


def test_a_query_without_operators_is_as_it_was_typed():
    typed = "what is a  red-herring?"
    assert parse_query(typed).words == parse_query(typed).text == typed


@pytest.mark.parametrize(
    "typed", ['"' * 1000, "-" * 10_000, "- " * 5000, "“" * 1001, "「" * 1000, "«»" * 500, '-"' * 1000], ids=repr
)
def test_heaps_of_operators_are_plain_text(typed):
    assert not parse_query(typed).has_operators


def test_only_so_many_operators_are_read():
    query = parse_query("word " + " ".join(f"-ex{number}" for number in range(50)))
    assert len(query.exclusions) == MAX_OPERATORS
    assert f"-ex{MAX_OPERATORS} " in query.text
    assert len(parse_query("「a b」" * 40).phrases) == MAX_OPERATORS


def test_quotes_in_running_text_quote():
    text = 'what is said of a "red herring" -boats ' + "and so on " * 20
    assert parse_query(text.strip()).phrases == ()
    assert parse_query(text[:40].strip()).phrases
