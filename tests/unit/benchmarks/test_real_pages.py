"""Pages of real text, as many as are wanted."""

from random import Random

from benchmarks.documents import Document
from benchmarks.words_speed.pages import replicate, vary, words_of

DOCUMENTS = [Document("Harbour", "Boats rest. " * 200), Document("Bread", "Bread comes from an oven.\n\nLoaves rest.")]


def test_documents_come_first_and_then_copies_of_them():
    pages = list(replicate(DOCUMENTS, 5))
    assert pages[:2] == DOCUMENTS
    assert len(pages) == 5
    assert pages[2].text != DOCUMENTS[0].text


def test_the_same_pages_are_made_at_every_run():
    assert list(replicate(DOCUMENTS, 9)) == list(replicate(DOCUMENTS, 9))


def test_a_share_of_the_words_is_replaced_by_others_of_the_collections():
    words = words_of(DOCUMENTS)
    varied = vary(DOCUMENTS[0], ["sea"], Random(0), changed=0.25).text.split()
    assert len(varied) == len(DOCUMENTS[0].text.split())
    assert 0.2 < varied.count("sea") / len(varied) < 0.3
    assert set(vary(DOCUMENTS[1], words, Random(0)).text.split()) <= set(words)


def test_paragraphs_stay():
    assert "\n\n" in vary(DOCUMENTS[1], ["sea"], Random(0)).text
