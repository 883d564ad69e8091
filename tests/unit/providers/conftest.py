"""A folder of llm's own for every test, without keys or aliases."""

import json

import pytest

from tests.embedding_service import EmbeddingService


@pytest.fixture(autouse=True)
def llm_folder(monkeypatch, tmp_path):
    """Keep llm away from the keys and aliases of the developer who runs the tests."""
    folder = tmp_path / "llm"
    folder.mkdir()
    monkeypatch.setenv("LLM_USER_PATH", str(folder))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    return folder


@pytest.fixture
def store_key(llm_folder):
    """Do what ``llm keys set`` does."""

    def store(**keys):
        (llm_folder / "keys.json").write_text(json.dumps(keys))

    return store


@pytest.fixture
def service(monkeypatch):
    """An embedding service on this machine, to which OpenAI's own client is pointed."""
    with EmbeddingService() as running:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{running.url}/v1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield running
