"""Reading collections in BEIR layout."""

import json

import pytest

from benchmarks.documents import Document
from benchmarks.relevance.beir import read_collection


@pytest.fixture
def folder(tmp_path):
    documents = [{"_id": "d1", "title": "One", "text": "first"}, {"_id": "d2", "text": "second", "metadata": {}}]
    queries = [{"_id": "q1", "text": "eins"}, {"_id": "q2", "text": "zwei"}, {"_id": "q3", "text": "drei"}]
    for name, rows in (("corpus", documents), ("queries", queries)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "qrels").mkdir()
    judgments = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td2\t0\nq3\td2\t1\n"
    (tmp_path / "qrels" / "test.tsv").write_text(judgments)
    return tmp_path


def test_documents_come_in_the_order_of_their_ids(folder):
    collection = read_collection(folder)

    assert collection.ids == ("d1", "d2")
    assert list(collection.documents()) == [Document("One", "first"), Document("", "second")]


def test_queries_without_a_relevant_document_are_left_out(folder):
    collection = read_collection(folder)

    assert collection.queries == {"q1": "eins", "q3": "drei"}
    assert collection.judgments["q1"] == {"d1": 2, "d2": 0}


def test_a_sample_of_the_queries_is_always_the_same(folder):
    assert len(read_collection(folder, most_queries=1).queries) == 1
    assert read_collection(folder, most_queries=1) == read_collection(folder, most_queries=1)
    assert len(read_collection(folder, most_queries=9).queries) == 2


def test_a_folder_without_judgments_is_refused(folder):
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n")

    with pytest.raises(ValueError, match="no query"):
        read_collection(folder)
