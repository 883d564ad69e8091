"""Traditional and simplified Chinese as one. Pure."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def simplify(text: str) -> str:
    """Return Chinese text in simplified characters."""
    return text.translate(_simplified())


@cache
def _simplified() -> dict[int, str]:
    lines = files(__package__).joinpath("simplified_chinese.txt").read_text(encoding="utf-8").splitlines()
    pairs = [pair for line in lines if not line.startswith("#") for pair in line.split()]
    return {ord(pair[0]): pair[1] for pair in pairs}
