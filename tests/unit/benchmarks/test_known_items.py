"""Test collections of queries with one right answer."""

from benchmarks.relevance.beir import read_collection
from benchmarks.relevance.known_items import Item, items_by_claim, items_by_docstring, items_by_title, write


def test_a_title_is_taken_out_of_its_document():
    items = items_by_title([("The flow over a wing", "Air moves."), ("Short", "Text."), ("No text at all here", "")])

    assert items == [Item("", "Air moves.", "The flow over a wing"), Item("", "Text.", "")]


def test_the_last_sentence_is_taken_out_of_its_document():
    items = items_by_claim([("Wings", "One is here. Two is there. So three is over yonder."), ("Few", "One. Two.")])

    assert items == [
        Item("Wings", "One is here. Two is there.", "So three is over yonder."),
        Item("Few", "One. Two.", ""),
    ]


def test_the_first_line_is_taken_out_of_a_docstring():
    rest = " ".join(["word"] * 25)
    source = f'def f():\n    """Tell what this\n    does.\n\n    {rest}"""\ndef g():\n    """Too short."""\n'

    assert items_by_docstring([source, source]) == [Item("", rest, "Tell what this does.")]


def test_a_written_collection_is_read_again(tmp_path):
    write(tmp_path, [Item("Title", "Text", ""), Item("", "Other", "What is\tother?")])
    collection = read_collection(tmp_path)

    assert [(document.title, document.text) for document in collection.documents()] == [
        ("Title", "Text"),
        ("", "Other"),
    ]
    assert collection.queries == {"1": "What is\tother?"}
    assert collection.judgments == {"1": {"1": 1}}
