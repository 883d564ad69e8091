"""The path of content, from what an editor stored to what is found, on generated inputs."""

import re
from collections import Counter
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from django.utils.safestring import mark_safe
from hypothesis import example, given
from hypothesis import strategies as st
from wagtail.models import Page
from wagtail.rich_text import RichText

from tests.tally import tally
from tests.testapp.models import ArticlePage, EmbeddingDocumentPage, RichTextPage
from wagtail_vector_search.analysis import get_analyzer
from wagtail_vector_search.analysis.analyzer import LONGEST_TERM
from wagtail_vector_search.content import (
    Document,
    Section,
    chunk_document,
    clean_text,
    content_hash,
    extract_document,
    hash_text,
)
from wagtail_vector_search.content.text import QUARTERS, count_quarter_words
from wagtail_vector_search.content.values import plain_text
from wagtail_vector_search.exceptions import ProviderError
from wagtail_vector_search.indexing.worker import process
from wagtail_vector_search.models import Embedding256, Entry, EntryTerms
from wagtail_vector_search.providers import DeterministicProvider
from wagtail_vector_search.providers.redaction import MAX_LENGTH, redact

from .hostile import DECEIVING
from .hostile_site import built
from .profiles import fuzzed
from .test_markup import storable
from .texts import texts

pytestmark = pytest.mark.django_db

CHUNK_WORDS = 100


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    with built({"Fuzzed": "<p>text</p>"}, django_db_blocker) as home:
        yield home


def squeeze(text):
    return re.sub(r"\s+", "", text)


def said_by(document):
    return "".join((document.title, document.important, *(part.heading + part.text for part in document.sections)))


def assert_sound(document):
    """Nothing dangerous is in a document, nothing of it is lost, and its chunks are bounded."""
    assert not DECEIVING & set(said_by(document))
    said_by(document).encode()
    chunks = chunk_document(document)
    assert all(count_quarter_words(chunk.text) <= 1.5 * QUARTERS * CHUNK_WORDS for chunk in chunks)
    assert all(chunk.text.strip() for chunk in chunks)
    assert [chunk.position for chunk in chunks] == list(range(len(chunks)))
    assert chunk_document(document) == chunks
    assert content_hash(document, chunks, "en") == content_hash(document, chunk_document(document), "en")
    pieces = "".join(chunk.text for chunk in chunk_document(document, overlap=0))
    text = "".join(section.text or section.heading for section in document.sections)
    assert squeeze(pieces) == squeeze(document.important + text or document.title)
    for said in (document.title, document.important, *(f"{part.heading}\n{part.text}" for part in document.sections)):
        assert_words_are_sound(said)


def assert_words_are_sound(text):
    """Words stand where they say, one after the other, and counting them says the same."""
    for language_code in ("en", "zh-hans", "tr"):
        analyzer = get_analyzer(language_code, {})
        tokens, counts = analyzer.tokens(text), analyzer.count(text)
        assert all(first.end <= second.start for first, second in pairwise(tokens))
        extras = [extra for token in tokens for extra in token.extras]
        places = [(token.start, token.end) for token in tokens] + [(extra.start, extra.end) for extra in extras]
        assert all(0 <= start < end <= len(text) for start, end in places)
        terms = Counter([token.term for token in tokens] + [extra.term for extra in extras])
        assert counts.frequencies + counts.secondary == terms
        assert counts.length == sum(not token.is_stop_word for token in tokens)
        assert all(term and term.isprintable() and not term.startswith("=") for term in terms)
        assert all(len(term) <= 2 * LONGEST_TERM for term in terms), "a key of an index in PostgreSQL has an end"


@fuzzed
@given(texts, texts, texts)
def test_plain_text_is_cleaned_cut_and_kept_whole(title, first, second):
    tally("fuzzed contents")
    document = extract_document(EmbeddingDocumentPage(title=title, facts=f"{first}\n\n{second}"))
    assert_sound(document)
    assert squeeze(document.title) == squeeze(clean_text(title))
    assert clean_text(document.sections[0].text) == document.sections[0].text if document.sections else True


@fuzzed
@given(texts, texts, st.booleans())
def test_raw_html_and_blocks_are_sound(title, html, heading):
    tally("fuzzed contents", 3)
    assert_sound(extract_document(RichTextPage(title=title, body=html)))
    blocks = [("heading" if heading else "code", html), ("paragraph", RichText(html)), ("list", [html, title])]
    blocks += [
        ("quote", {"title": title, "quote": html}),
        ("group", [("heading", html), ("paragraph", RichText(html))]),
    ]
    assert_sound(extract_document(ArticlePage(title=title, body=blocks, introduction=html, category=title)))
    assert_sound(Document(clean_text(title), (Section("", "", clean_text(html)),) if clean_text(html) else ()))


TAGS = st.sampled_from(["p", "b", "i", "li", "h2", "h3", "div", "td", "blockquote", "pre", "span", "a"])
WORDS = st.lists(st.from_regex(r"[a-z]{3,9}[0-9]", fullmatch=True), min_size=1, max_size=5)


@fuzzed
@given(st.lists(st.tuples(TAGS, WORDS, st.booleans()), min_size=1, max_size=12))
def test_every_word_of_rich_text_is_in_some_chunk(parts):
    tally("fuzzed contents")
    html = "".join(f"<{tag}>{' '.join(words)} &lt;{'' if open_ else f'</{tag}>'}" for tag, words, open_ in parts)
    document = extract_document(RichTextPage(title="Title", body=html))
    kept = " ".join(f"{chunk.heading} {chunk.text}" for chunk in chunk_document(document))
    assert [word for _, words, _ in parts for word in words if word not in kept] == []


odd_values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.binary(max_size=20), texts, st.dates(), st.uuids(),
        st.just(Decimal("1.5")), texts.map(RichText), texts.map(mark_safe),
        texts.map(lambda text: Section(text, text, text)),
    ),
    lambda values: st.one_of(
        st.lists(values, max_size=4), st.dictionaries(st.text(max_size=5), values), st.tuples(values, values)
    ),
    max_leaves=8,
)  # fmt: skip


@fuzzed
@given(odd_values)
def test_any_value_of_a_field_becomes_text(value):
    tally("fuzzed contents")
    text = clean_text(plain_text(value))
    assert_sound(Document("Title", (Section("", "", text),) if text else ()))


@fuzzed
@given(texts)
def test_hashes_take_any_text(text):
    tally("fuzzed contents")
    assert re.fullmatch(r"[0-9a-f]{32}", hash_text(text))
    assert hash_text(text) == hash_text(str(text))


@fuzzed
@example(text="<!-- bread --><!-- <img src=x onerror=alert(1)>", html="", title="")
@example(text="<style></math> bread", html="", title="")
@given(text=texts, html=texts, title=texts)
def test_what_is_stored_is_bounded_and_found_by_a_word_of_it(site, title, text, html):
    tally("fuzzed contents stored")
    page = ArticlePage.objects.get(slug="page-0")
    page.title = storable(clean_text(title))[:255] or "Title"
    page.body = [("code", storable(f"{text} zebrafish {text}")), ("paragraph", RichText(storable(html)))]
    page.save()
    process()
    state = Entry.objects.get(page=page.pk)
    assert (state.state, state.last_error) == ("indexed", "")
    terms = EntryTerms.objects.get(page=page.pk)
    assert "zebrafish" in terms.terms
    assert all(len(term) <= 2046 for term in terms.terms)
    chunks = Embedding256.objects.filter(page=page.pk)
    assert not DECEIVING & set("".join(chunk.heading + chunk.anchor + chunk.text for chunk in chunks))
    for backend in ("hybrid", "keyword"):
        assert page.pk in [found.pk for found in Page.objects.search("zebrafish", backend=backend)]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000, "\u4e2d" * 3_000, "\u0e01" * 3_000, "a-" * 3_000, "a/b." * 3_000,
        "b" + "\u0301\u0316" * 100_000,
        "<" * 100_000, "&#" * 3_000, "<a " * 3_000, "<!--" * 3_000, "https://example.com/" + "a?b=" * 5_000,
        " ".join(f"w{number}" for number in range(12_000)),
    ],
    ids=["word", "Chinese", "Thai", "hyphens", "paths", "marks", "<", "&#", "tags", "comments", "address", "words"],
)  # fmt: skip
def test_endless_content_is_indexed(site, text):
    tally("fuzzed contents stored")
    page = ArticlePage.objects.get(slug="page-0")
    page.body = [("code", f"{text} zebrafish"), ("paragraph", RichText(f"<p>quagga</p>{text}"))]
    page.save()
    process()
    assert Entry.objects.get(page=page.pk).state == "indexed"
    for word in ("zebrafish", "quagga"):
        assert page.pk in [found.pk for found in Page.objects.search(word, backend="keyword")]


def test_a_line_without_end_is_cut_in_time_that_grows_with_its_length(monkeypatch):
    read: list[int] = []
    monkeypatch.setattr("wagtail_vector_search.content.chunking._splitter", lambda *_: Splitter(read))
    for length in (50_000, 200_000):
        chunk_document(Document("", (Section("", "", "\u4e2d" * length),)))
    assert max(read) <= 100 * CHUNK_WORDS
    assert sum(read) == 250_000


class Splitter:
    def __init__(self, read):
        self.read = read

    def chunk_indices(self, text):
        self.read.append(len(text))
        return [(0, text)]


# What providers return, and what they say.

numbers = st.one_of(st.floats(), st.integers(), st.none(), st.booleans(), st.text(max_size=3), st.just(10**400))
answers = st.one_of(
    st.none(), st.text(), st.integers(), st.binary(), st.dictionaries(st.text(), st.floats()), st.just(object()),
    st.lists(numbers, max_size=5), st.lists(st.lists(numbers, max_size=5), max_size=4),
    st.lists(st.lists(st.floats(width=32, min_value=-9, max_value=9), min_size=3, max_size=3), min_size=2, max_size=2),
    st.lists(st.lists(st.sampled_from([0.0, -0.0, 1e-45, 1e-30, 3e38,
             float("nan"), float("inf")]), min_size=3, max_size=3),
             min_size=2, max_size=2),
    st.just(iter([[1.0, 2.0]])), st.just([[1j, 2j]] * 2), st.just(np.zeros((2, 0))), st.just(np.ones((2, 3, 3))),
)  # fmt: skip


class AnsweringProvider(DeterministicProvider):
    answer: object = None
    dimensions = 3

    def _embed(self, texts, *, kind):
        return type(self).answer


@fuzzed
@given(answers)
def test_what_a_provider_returns_is_an_embedding_or_an_error(answer):
    tally("fuzzed answers of providers")
    AnsweringProvider.answer = answer
    provider = AnsweringProvider("fuzzed")
    try:
        rows = provider.embed_documents(["one", "two"])
    except ProviderError:
        return
    assert rows.shape == (2, 3)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


@fuzzed
@given(texts, st.lists(st.text(min_size=4, max_size=30), max_size=3), st.lists(texts, max_size=3), st.data())
def test_redaction_never_fails_and_lets_nothing_through(message, secrets, content, data):
    tally("fuzzed messages")
    parts = [message, *secrets, *content, message]
    said = redact(" ".join(parts), secrets=secrets, texts=content)
    assert len(said) <= MAX_LENGTH + 1
    assert [secret for secret in secrets if secret in said.replace("[removed]", "")] == []
    query = data.draw(st.text("qzjxkwv", min_size=10, max_size=30))
    quoted = query[: data.draw(st.integers(len(query) // 2, len(query)))]
    assert quoted not in redact(f"cannot embed '{quoted}'", texts=[query])
