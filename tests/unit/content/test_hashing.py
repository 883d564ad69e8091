from dataclasses import replace

import pytest

from wagtail_vector_search.content import Document, Section, chunk_document, content_hash, hash_text

DOCUMENT = Document("Title", (Section("One", "one", "Text."), Section("Two", "two", "More.")), important="Summary")


def digest(document=DOCUMENT, language_code="en", **chunking):
    return content_hash(document, chunk_document(document, **chunking), language_code)


def test_the_hash_of_a_text_fills_its_column():
    assert len(hash_text("text")) == 32
    assert int(hash_text("text"), 16)


def test_texts_hash_alike_only_if_they_are_equal():
    assert hash_text("text") == hash_text("text") != hash_text("text ")


def test_a_lone_surrogate_can_be_hashed():
    assert hash_text("\ud800") != hash_text("\udfff")


def test_the_hash_of_content_fills_its_column():
    assert len(digest()) == 64


def test_unchanged_content_keeps_its_hash():
    assert digest() == digest(
        Document("Title", (Section("One", "one", "Text."), Section("Two", "two", "More.")), "Summary")
    )


@pytest.mark.parametrize(
    "changed",
    [
        replace(DOCUMENT, title="title"),
        replace(DOCUMENT, important=""),
        replace(DOCUMENT, sections=DOCUMENT.sections[::-1]),
        replace(DOCUMENT, sections=(replace(DOCUMENT.sections[0], anchor="uno"), DOCUMENT.sections[1])),
        replace(DOCUMENT, sections=(replace(DOCUMENT.sections[0], heading="Uno"), DOCUMENT.sections[1])),
        replace(DOCUMENT, sections=(replace(DOCUMENT.sections[0], text="Text"), DOCUMENT.sections[1])),
    ],
)
def test_any_change_of_content_changes_the_hash(changed):
    assert digest(changed) != digest()


def test_another_language_changes_the_hash():
    assert digest(language_code="fr") != digest()


def test_other_chunks_of_the_same_text_change_the_hash():
    document = Document("Title", (Section("", "", "One sentence of a few words. " * 40),))
    assert digest(document, words=50) != digest(document, words=100)


def test_text_that_moves_from_one_field_to_the_next_changes_the_hash():
    assert content_hash(Document("ab", ()), [], "") != content_hash(Document("a", (), "b"), [], "")


def test_text_that_becomes_important_changes_the_hash_though_its_chunks_stay():
    plain, important = Document("Title", (Section("", "", "Text."),)), Document("Title", (), important="Text.")
    assert chunk_document(plain) == chunk_document(important)
    assert digest(plain) != digest(important)
