"""Reading files of judgments, as spreadsheets, editors and enemies write them."""

import io

import pytest

from tests.tally import tally
from wagtail_vector_search.evaluation.reading import read_rows, read_text
from wagtail_vector_search.exceptions import JudgmentsError

HEADER = "query,page,grade\n"


def rows_of(text):
    rows, problems = read_rows(text)
    assert problems == []
    return [tuple(row) for row in rows]


def problems_of(text):
    return [str(problem) for problem in read_rows(text)[1]]


def test_a_row_is_a_query_a_page_and_a_grade():
    assert rows_of(f"{HEADER}opening hours,/about/,3\nprices,42,0\n") == [
        (2, "opening hours", "/about/", 3),
        (3, "prices", "42", 0),
    ]


@pytest.mark.parametrize(
    ("typed", "grade"),
    [("0", 0), ("1", 1), ("2", 2), ("3", 3), ("bad", 0), ("fair", 1), ("good", 2), (" Good ", 2), ("BAD", 0)],
)
def test_a_grade_is_a_number_or_a_word(typed, grade):
    assert rows_of(f"{HEADER}a,1,{typed}")[0][-1] == grade


def test_comments_and_blank_lines_stand_between_rows():
    text = f'# Judged in "May\n\n{HEADER}   \n# a,1,2\n  # another\n,,\na,1,2\n\n# end'
    assert rows_of(text) == [(8, "a", "1", 2)]


def test_a_query_that_begins_with_a_hash_stands_between_quotes():
    assert rows_of(f'{HEADER}"#python",1,2')[0][1] == "#python"


def test_a_hash_or_a_blank_line_within_quotes_is_text():
    assert rows_of(f'{HEADER}"first\n# second\n\nthird",1,2\nb,1,1') == [
        (2, "first # second third", "1", 2),
        (6, "b", "1", 1),
    ]


def test_quotes_keep_commas_and_quotes():
    assert rows_of(f'{HEADER}"red, ""green""",1,2')[0][1] == 'red, "green"'


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_spreadsheets_may_separate_columns_by_other_signs(delimiter):
    text = f"{HEADER}a,1,2".replace(",", delimiter)
    assert rows_of(text) == [(2, "a", "1", 2)]


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
def test_any_line_end_is_read(line_end):
    assert rows_of(f"{HEADER}a,1,2\nb,1,1".replace("\n", line_end)) == [(2, "a", "1", 2), (3, "b", "1", 1)]


def test_columns_may_stand_in_any_order_with_others_between():
    assert rows_of('"Grade",who,Page , QUERY\n2,Ann,7,a')[0] == (2, "a", "7", 2)


@pytest.mark.parametrize("text", ["", "a,1,2\n", "query,page\n", "query,page,grade,grade\n", "# nothing\n\n"])
def test_the_first_line_must_name_the_columns(text):
    with pytest.raises(JudgmentsError, match="must name the columns, query,page,grade"):
        read_rows(text)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,1", "Line 2: 2 columns instead of 3: type query,page,grade"),
        ("a, b,1,2", "Line 2: 4 columns instead of 3: put a query with a comma between quotes"),
        ("a,1,4", 'Line 2: the grade is "4": type 0, 1, 2 or 3, or bad, fair or good'),
        ("a,1,", 'Line 2: the grade is "": type 0, 1, 2 or 3'),
        ("a,1,-1", 'the grade is "-1"'),
        ("a,1,2.0", 'the grade is "2.0"'),
        ("a,1,٣", 'the grade is "٣"'),
        (" ,1,2", "Line 2: the query is empty: type what a visitor would"),
        ("\x00\x07,1,2", "the query is empty"),
        ("a,,2", "Line 2: the page is empty: type its number or its address"),
        (",,9", "the query is empty"),
        ('"a"b,1,2', "Line 2: the quotes do not match"),
        ('"a,1,2', "Line 2: the quotes do not match"),
        (f'"{"a" * 200_000}",1,2', "Line 2: the quotes do not match (field larger than field limit"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_what_to_type(row, message):
    tally("bad rows of judgments")
    assert message in "\n".join(problems_of(f"{HEADER}{row}"))


def test_everything_that_is_wrong_is_told_at_once():
    problems = problems_of(f'{HEADER}a,1\nb,1,2\n,,7\n"c"d,1,2\ne,1,best\n')
    assert [problem.partition(":")[0] for problem in problems] == ["Line 2", "Line 4", "Line 5", "Line 6"]
    assert all(word in problems[1] for word in ("query is empty", "page is empty", "grade is"))


def test_good_rows_after_a_bad_one_are_read():
    rows, problems = read_rows(f"{HEADER}a,1\nb,1,2\n")
    assert ([row.query for row in rows], len(problems)) == (["b"], 1)


@pytest.mark.parametrize("typed", ["\x1b[31mred\x1b[0m", "a\u202eb", "\x9b2J", "x" * 5000])
def test_text_that_was_typed_is_printed_without_harm(typed):
    tally("bad rows of judgments")
    (problem,) = problems_of(f"{HEADER}a,1,{typed}")
    assert problem.isprintable()
    assert len(problem) < 200


def test_a_header_is_printed_without_harm():
    with pytest.raises(JudgmentsError) as raised:
        read_rows("\x1b[31mquery\u202e,page\n")
    assert raised.value.problems[0].isprintable()


def test_a_byte_order_mark_is_no_part_of_the_header():
    assert read_text(io.BytesIO(HEADER.encode("utf-8-sig"))) == HEADER
    assert read_text(io.StringIO(f"\ufeff{HEADER}")) == HEADER


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (f"{HEADER}caf\u00e9,1,2".encode("latin-1"), 2),
        (HEADER.encode("utf-16"), 1),
        (f"{HEADER}a,1,2\n".encode() + b"\xff\xfe", 3),
    ],
)
def test_another_character_set_is_told_with_its_line(data, line):
    with pytest.raises(JudgmentsError, match=f"Line {line}: the file is not UTF-8. Save it as"):
        read_text(io.BytesIO(data))
