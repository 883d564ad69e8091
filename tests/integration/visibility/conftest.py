"""The small site of the retrieval tests."""

from tests.integration.retrieval.conftest import articles, search, site, titles

__all__ = ["articles", "search", "site", "titles"]
