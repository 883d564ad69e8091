"""The data that modelsearch's suite needs and its wheel lacks."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def fixture_path() -> Path:
    """Return where ``search.json`` should be: ``CONFORMANCE_FIXTURE``, or a folder beside the checkout."""
    beside = REPOSITORY.parent / "shared" / "data" / "modelsearch" / "search.json"
    return Path(os.environ.get("CONFORMANCE_FIXTURE", beside))
