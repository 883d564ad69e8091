"""One word per thing, in identifiers and in prose. CONTRIBUTING.md and docs/reference/glossary.md have the words."""

import re
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDERS = ("wagtail_vector_search", "tests", "testproject", "benchmarks", "docs")
ENDINGS = {".py", ".md", ".html", ".js", ".css", ".txt", ".toml", ".yml", ".json", ".cfg", ".example", ""}
SKIPPED = {"__pycache__", "_build", "node_modules", "migrations", "staticfiles", "corpora", "corpus", ".data"}

#: What is not said, and what is said instead.
BANNED = {
    "an actor without a name": (
        r"(?:somebody|someone|anybody|anyone|(?<!getpwnam\(\")nobody|whoever)\b",
        "editor, worker, visitor, process",
    ),
    "somewhere else": (r"somewhere else", "the place"),
    "left alone": (r"(?:left|leaves?|leaving|leave it|leave them)[ _-]alone", "circuit breaker; unchanged; skipped"),
    "anew": (r"anew\b", "again; from scratch"),
    "patience": (r"patience\b", "max_retries; time limit; timeout"),
    "VectorIndex": (r"vector_?index(?:es)?\b(?<!vector_index)", "Generation"),
    "PageIndexState": (r"page_?index_?states?\b", "Entry"),
    "PageEmbedding": (r"page_?embeddings?\d*\b", "Embedding256, vector table"),
    "index alias": (r"index_alias(?:es)?\b", "index_name"),
    "dense leg": (r"dense(?:[ _]?legs?\b|_)", "semantic leg"),
    "semantic_search": (r"(?<!test_)semantic_search\b", "search_pages"),
    "EMBEDDING_MODEL": (r"(?<!get_)(?<!register_)embedding_models?\b", "MODEL; VECTOR_TABLE"),
    "lexeme": (r"lexemes?\b", "term"),
}

#: Where a word means what another project means by it, and pages that are searched.
ALLOWED = {
    "an actor without a name": {
        "testproject/library/content/own_pages.py",
        "testproject/library/pydocs/themes.py",
        "tests/integration/retrieval/test_passages.py",
    },
    # unnest(tsvector) calls its column so.
    "lexeme": {
        "wagtail_vector_search/indexing/terms.py",
        "wagtail_vector_search/retrieval/prepare.py",
        "tests/integration/retrieval/test_keywords.py",
    },
}

#: Where words are still to be replaced. To be emptied.
NOT_YET = (
    "docs/how-to/admin",
    "docs/how-to/editors.md",
    "testproject/",
    "tests/browser/",
    "tests/conftest.py",
    "tests/integration/",
    "wagtail_vector_search/",
)

#: Folders of ``NOT_YET`` of which these are done.
DONE = (
    "tests/integration/health/",
    "wagtail_vector_search/checks.py",
    "wagtail_vector_search/conf.py",
    "wagtail_vector_search/exceptions.py",
    "wagtail_vector_search/health/",
    "wagtail_vector_search/privacy.py",
    "wagtail_vector_search/providers/",
)


@cache
def texts():
    """Contents by path from the checkout, of every file that people write."""
    paths = [path for folder in FOLDERS for path in (CHECKOUT / folder).rglob("*")] + list(CHECKOUT.glob("*"))
    return {
        path.relative_to(CHECKOUT).as_posix(): path.read_text()
        for path in paths
        if path.is_file()
        and path.suffix in ENDINGS
        and not SKIPPED & set(path.relative_to(CHECKOUT).parts)
        and path != Path(__file__).resolve()
    }


def found(word):
    pattern = re.compile(rf"(?<![a-z])(?:{BANNED[word][0]})", re.IGNORECASE)
    return {
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in texts().items()
        if path not in ALLOWED.get(word, set()) and not (path.startswith(NOT_YET) and not path.startswith(DONE))
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    }


@pytest.mark.parametrize("word", BANNED)
def test_a_word_that_the_glossary_replaces_is_not_used(word):
    assert not sorted(found(word)), f"Write instead: {BANNED[word][1]}"
