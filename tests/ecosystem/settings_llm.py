"""The test project with a model of llm; its plugins keep their files out of the user's folder."""

import os

from tests.ecosystem.settings import *  # noqa: F403
from tests.ecosystem.settings import BASE_DIR

os.environ["LLM_USER_PATH"] = str(BASE_DIR / ".data" / "ecosystem" / "llm-user")

WAGTAIL_VECTOR_SEARCH = {"default": {"MODEL": "wordllama", "CUTOFF": 0}}
