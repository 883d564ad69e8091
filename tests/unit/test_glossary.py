"""One word per thing, in identifiers and in prose, as docs/reference/glossary.md has it."""

import ast
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
        r"(?:somebody|someone|anybody|(?<!getpwnam\(\")nobody|whoever)(?![a-z])",
        "editor, worker, visitor, process",
    ),
    "somewhere else": (r"somewhere else", "the place"),
    "left alone": (r"(?:left|leaves?|leaving|leave it|leave them)[ _-]alone", "circuit breaker; unchanged; skipped"),
    "anew": (r"anew(?![a-z])", "again; from scratch"),
    "patience": (r"patience(?![a-z])", "max_retries; time limit; timeout"),
    "VectorIndex": (r"vector_?index(?:es)?\b(?<!vector_index)", "Generation"),
    "PageIndexState": (r"page_?index_?states?(?![a-z])", "Entry"),
    "PageEmbedding": (r"page_?embeddings?\d*(?![a-z])", "Embedding256, vector table"),
    "index alias": (r"index_alias(?:es)?(?![a-z])", "index_name"),
    "dense leg": (r"dense(?:[ _]?legs?\b|_)", "semantic leg"),
    "semantic_search": (r"semantic_search(?![a-z])", "search_pages"),
    "embedding table": (r"embedding tables?\b|(?:own|concrete|abstract) embedding model", "vector table"),
    "EMBEDDING_MODEL": (r"(?<!get_)(?<!register_)embedding_models?(?![a-z])", "MODEL; VECTOR_TABLE"),
    "lexeme": (r"lexemes?(?![a-z])", "term"),
    "a test named after the one before": (r"def test_(?:it|so|nor|and|but|then|they)_", "the subject first"),
}

#: Where a word means what another project means by it, and pages that are searched.
ALLOWED = {
    # The changelog says what a thing was called before.
    "semantic_search": {"CHANGELOG.md"},
    "EMBEDDING_MODEL": {"CHANGELOG.md"},
    "an actor without a name": {
        "testproject/library/content/own_pages.py",
        "testproject/library/pydocs/themes.py",
        "tests/integration/retrieval/test_passages.py",
    },
}


@cache
def texts():
    """Contents by path from the checkout, of every file that people write."""
    paths = [path for folder in FOLDERS for path in (CHECKOUT / folder).rglob("*")] + list(CHECKOUT.glob("*"))
    names = {path.relative_to(CHECKOUT): path for path in paths if path.is_file() and path.suffix in ENDINGS}
    return {
        name.as_posix(): path.read_text(encoding="utf-8")
        for name, path in names.items()
        if not SKIPPED & set(name.parts)
        and not any(part.startswith(".") for part in name.parts if part != ".env.example")
        and path != Path(__file__).resolve()
    }


def found(word):
    pattern = re.compile(rf"(?<![a-z])(?:{BANNED[word][0]})", re.IGNORECASE)
    return {
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in texts().items()
        if path not in ALLOWED.get(word, set())
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    }


@pytest.mark.parametrize("word", BANNED)
def test_a_word_that_the_glossary_replaces_is_not_used(word):
    assert not sorted(found(word)), f"Write instead: {BANNED[word][1]}"


#: Where ``alias`` is that of a page, of a database, of a search backend, of a table in SQL, or of a model of llm.
OTHER_ALIASES = {
    "tests/integration/retrieval/test_aliases.py",
    "tests/faults/databases.py",
    "tests/faults/random_edits.py",
    "tests/unit/providers/test_llm.py",
    "wagtail_vector_search/checks.py",
    "wagtail_vector_search/providers/llm_models.py",
    "wagtail_vector_search/retrieval/candidates.py",
    "wagtail_vector_search/status/database.py",
}


def names_of_values(tree):
    """Names of the parameters, keywords and annotated fields of a module."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.arg, ast.keyword)) and node.arg:
            yield node.arg
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def test_an_index_is_called_by_its_name_and_not_by_an_alias():
    modules = {path: text for path, text in texts().items() if path.endswith(".py") and path not in OTHER_ALIASES}
    assert [
        path for path, text in modules.items() if {"alias", "aliases"} & set(names_of_values(ast.parse(text)))
    ] == []
