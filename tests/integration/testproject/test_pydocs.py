"""Python's documentation is read without running any of it, and comes out as headings, paragraphs, lists and code."""

from __future__ import annotations

import subprocess
import sys

import pytest

from testproject.library.content.site import read_contents
from testproject.library.management.commands.ask_questions import SETS, read_questions
from testproject.library.pydocs.blocks import blocks_from_text
from testproject.library.pydocs.definitions import Definition, read_module
from testproject.library.pydocs.entries import FEWEST_WORDS, entries_from_modules


@pytest.fixture(scope="module")
def contents():
    return read_contents()


@pytest.fixture(scope="module")
def entries(contents):
    return [entry for top_level in contents.values() for top in top_level for entry in top.walk()]


def names_in(module):
    definition = read_module(module)
    assert definition
    return {member.name for member in definition.members}


def kinds(text):
    return [(block.kind, block.items or block.text) for block in blocks_from_text(text)]


def test_lines_of_a_paragraph_are_joined():
    assert kinds("One line\nand the next.\n\nAnother.") == [
        ("paragraph", "One line and the next."),
        ("paragraph", "Another."),
    ]


def test_an_underlined_line_is_a_heading():
    assert kinds("Averages\n--------\nThe mean.") == [("heading", "Averages"), ("paragraph", "The mean.")]


def test_a_call_with_an_indented_explanation_is_a_heading():
    text = "str.find(sub[, start])\n\n   Return the lowest index in the string where it is found."
    assert kinds(text) == [
        ("heading", "str.find(sub[, start])"),
        ("paragraph", "Return the lowest index in the string where it is found."),
    ]


def test_indented_code_keeps_its_lines_and_blank_lines():
    text = "For example:\n\n    for i in range(3):\n        print(i)\n\n    print('done')"
    assert kinds(text)[1] == ("code", "for i in range(3):\n    print(i)\n\nprint('done')")


def test_indented_prose_is_no_code():
    text = "Note:\n\n  The statement guarantees that the method is called in every case, whatever happens."
    assert kinds(text)[1][0] == "paragraph"


def test_an_example_session_directly_below_its_introduction_is_code():
    assert kinds("Shown here:\n>>> 1 + 1\n2") == [("paragraph", "Shown here:"), ("code", ">>> 1 + 1\n2")]


@pytest.mark.parametrize(
    "text",
    ["- one\n- two", "* one\n\n* two", "one: the first\ntwo: the second", "one   the first\ntwo   the second"],
    ids=["hyphens", "blank lines between", "terms", "columns"],
)
def test_lists_of_any_form(text):
    (block,) = blocks_from_text(text)
    assert block.kind == "list"
    assert len(block.items) == 2


def test_marks_of_restructured_text_do_not_show():
    assert kinds(".. versionadded:: 3.2\n   See :class:`Thread`.")[0][1].startswith("New in version 3.2")
    assert kinds("See :meth:`~Thread.join`.") == [("paragraph", "See `Thread.join`.")]


def test_reading_a_module_with_a_source_does_not_import_it():
    program = (
        "import sys; from testproject.library.pydocs.definitions import standard_library; list(standard_library()); "
        "print(*sorted({'this', 'antigravity', 'tkinter', 'turtle', 'pdb'} & set(sys.modules)))"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert finished.stdout.strip() == ""


def test_names_taken_over_from_a_private_module_belong_to_the_public_one():
    assert {"deque", "OrderedDict"} <= names_in("collections")


def test_helpers_that_a_module_imports_for_itself_do_not_belong_to_it():
    assert "deque" not in names_in("threading")
    assert "RLock" not in names_in("functools")


def test_a_module_that_this_python_lacks_is_none():
    assert read_module("no_such_module") is None


def test_a_well_documented_definition_has_a_page_of_its_own():
    long = Definition("speak", "function", "Say it. " * 50)
    short = Definition("hush", "function", "Say nothing at all.")
    (entry,) = entries_from_modules([Definition("voice", "module", "Sounds. " * 50, members=[long, short])])
    assert [child.name for child in entry.children] == ["voice.speak"]
    assert "hush()" in [block.text for block in entry.blocks]


def test_signatures_and_summaries_are_as_readers_know_them(entries):
    by_name = {entry.name: entry for entry in entries}
    assert by_name["inspect.unwrap"].summary == "Get the object wrapped by func"
    texts = [block.text for block in by_name["threading.Thread"].blocks]
    assert "join(timeout=None)" in texts
    assert "start(self)" not in texts


def test_there_are_more_than_five_hundred_pages(entries):
    assert len(entries) > 500


def test_names_are_unique_so_that_pages_can_be_told_apart(entries):
    names = [entry.name for entry in entries]
    assert len(names) == len(set(names))


def test_pages_without_pages_below_have_something_to_say(entries):
    from_modules = [entry for entry in entries if "." in entry.name and not entry.children]
    assert min(entry.word_count for entry in from_modules) >= FEWEST_WORDS


def test_reading_twice_gives_the_same(contents):
    assert read_contents() == contents


@pytest.mark.parametrize("path", SETS.values(), ids=SETS)
def test_every_question_has_an_answer_on_the_site(entries, path):
    names = {entry.name for entry in entries}
    questions = read_questions(path)
    assert len(questions) == 20
    for question in questions:
        assert any(known in names for known in question.expected), question.text
