"""The passage that a result is shown with."""

import pytest
from django.db.models import F
from wagtail.models import Page

from wagtail_vector_search.models import Embedding256, Entry, Generation
from wagtail_vector_search.retrieval import Legs

pytestmark = pytest.mark.django_db

FILLER = "Nothing here is of any interest to anybody who asks about something else entirely. "


@pytest.fixture
def manual(home, build_index):
    """One page of three sections."""
    from tests.testapp.models import ArticlePage

    body = [
        ("heading", "Installing"),
        ("paragraph", f"<p>Put the package on the machine with pip. {FILLER * 3}</p>"),
        ("heading", "Timezones"),
        ("paragraph", f"<p>Set USE_TZ so that dates know where they are. {FILLER * 3}</p>"),
        ("heading", "Libraries"),
        ("paragraph", f"<p>The library of a city lends books to readers. {FILLER * 3}</p>"),
    ]
    page = home.add_child(instance=ArticlePage(title="Manual", slug="manual", body=body))
    build_index()
    return page


@pytest.fixture
def search(search):
    """Search that one page: which page comes first is another test."""
    return lambda query, **options: search(query, Page.objects.filter(slug="manual"), **options)


@pytest.mark.parametrize("legs", [Legs.HYBRID, Legs.SEMANTIC, Legs.KEYWORD])
@pytest.mark.parametrize(
    ("query", "heading"),
    [("put a package on a machine", "Installing"), ("USE_TZ", "Timezones"), ("libraries lending books", "Libraries")],
)
def test_a_passage_is_the_section_that_answers_the_question(manual, search, legs, query, heading):
    passage = search(query, legs=legs)[0].search_passage
    assert (passage.heading, passage.anchor) == (heading, heading.lower())


def test_a_page_found_by_words_is_shown_with_the_chunk_that_has_them(manual, search):
    # All chunks are equally near: only the words tell them apart.
    vector = Embedding256.objects.values_list("embedding", flat=True).first()
    Embedding256.objects.update(embedding=vector)
    assert search("timezones")[0].search_passage.heading == "Timezones"


def test_a_passage_is_the_nearest_chunk_where_no_chunk_has_a_term(manual, search, provider):
    Embedding256.objects.filter(heading="Libraries").update(embedding=provider.embed_query("zebra"))
    assert search("zebra")[0].search_passage.heading == "Libraries"


def test_a_word_ending_in_y_is_found_from_its_plural(manual, search):
    Embedding256.objects.update(heading="")
    assert "library of a city" in search("libraries", legs=Legs.KEYWORD)[0].search_passage.text


def test_a_passage_is_the_first_of_equal_chunks(manual, search):
    chunks = sorted(Embedding256.objects.filter(page=manual), key=lambda chunk: -chunk.position)
    Embedding256.objects.filter(page=manual).delete()
    for chunk in chunks:
        chunk.pk, chunk.heading, chunk.text, chunk.embedding = None, str(chunk.position), "same", [1.0] * 256
        chunk.save()
    assert search("manual")[0].search_passage.heading == "0"


def test_a_page_whose_edit_waits_to_be_indexed_shows_no_text(manual, search):
    Entry.objects.update(requested_version=F("requested_version") + 1)
    page = search("USE_TZ")[0]
    assert (page.title, page.search_passage) == ("Manual", None)


def test_a_page_that_is_only_pending_elsewhere_keeps_its_passage(manual, make_article, build_index, search):
    other = Generation.objects.create(index_name="other", dimensions=256)
    Entry.objects.create(generation=other, page_id=manual.pk, requested_version=5)
    assert search("USE_TZ")[0].search_passage is not None


def test_a_page_without_vectors_is_found_by_words_and_shows_no_text(manual, search):
    Embedding256.objects.all().delete()
    page = search("USE_TZ")[0]
    assert (page.search_matched_by, page.search_passage) == (("keyword",), None)


def test_a_passage_comes_from_the_active_generation_only(manual, search):
    other = Generation.objects.create(index_name="default", dimensions=256, state="building")
    Embedding256.objects.create(
        generation=other, page_id=manual.pk, position=0, text="USE_TZ not yet", text_hash="", embedding=[1.0] * 256
    )
    assert "not yet" not in search("USE_TZ")[0].search_passage.text


def test_nothing_but_what_is_documented_is_left_on_the_page(manual, search):
    left = set(vars(search("USE_TZ")[0])) - set(vars(Page.objects.get(title="Manual")))
    assert left == {"search_score", "search_matched_by", "search_passage"}
