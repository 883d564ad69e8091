"""Which stored chunks a page keeps."""

from wagtail_vector_search.content import Document, Section, chunk_document, hash_text
from wagtail_vector_search.indexing.embedding_rows import plan_page
from wagtail_vector_search.indexing.preparation import PreparedPage


def prepared(*sections, title="Sailing"):
    document = Document(title=title, sections=tuple(Section(*section) for section in sections))
    return PreparedPage(1, document, chunk_document(document), "english", "hash")


def stored(page, keys):
    rows = []
    for key, chunk in zip(keys, page.chunks, strict=True):
        text_hash = hash_text(chunk.embedded_text(page.document.title))
        rows.append([key, text_hash, chunk.position, chunk.heading, chunk.anchor, chunk.text])
    return rows


BOATS = ("Boats", "boats", "They swim.")
BREAD = ("Bread", "bread", "It is baked.")


def test_a_new_page_needs_a_vector_for_each_chunk():
    plan = plan_page(prepared(BOATS, BREAD), [])
    assert [new.text for new in plan.new] == ["Sailing\nBoats\nThey swim.", "Sailing\nBread\nIt is baked."]


def test_an_unchanged_page_needs_nothing():
    page = prepared(BOATS, BREAD)
    plan = plan_page(page, stored(page, [10, 11]))
    assert (plan.new, plan.moved, plan.gone) == ([], [], [])


def test_what_is_gone_is_deleted_and_what_stays_is_moved():
    plan = plan_page(prepared(BREAD), stored(prepared(BOATS, BREAD), [10, 11]))
    assert plan.new == []
    assert plan.gone == [10]
    assert [(key, chunk.position) for key, chunk in plan.moved] == [(11, 0)]


def test_another_anchor_keeps_the_vector():
    plan = plan_page(prepared(("Boats", "ships", "They swim.")), stored(prepared(BOATS), [10]))
    assert (plan.new, plan.gone) == ([], [])
    assert plan.moved[0][1].anchor == "ships"


def test_another_title_needs_new_vectors_as_the_model_reads_it_too():
    plan = plan_page(prepared(BOATS, title="Rowing"), stored(prepared(BOATS), [10]))
    assert (len(plan.new), plan.gone) == (1, [10])


def test_equal_chunks_keep_one_row_each():
    before, after = prepared(BOATS, BREAD, BOATS), prepared(BOATS, BOATS)
    plan = plan_page(after, stored(before, [10, 11, 12]))
    assert plan.new == []
    assert plan.gone == [11]
    assert [key for key, _ in plan.moved] == [12]
    more = plan_page(prepared(BOATS, BOATS, BOATS), stored(after, [10, 12]))
    assert len(more.new) == 1
