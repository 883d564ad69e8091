"""Cuts a text that is longer than a model reads, which would ignore the rest without a word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of one text a model reads."""

    #: Tokens that it reads.
    tokens: int
    #: Returns how many a text has.
    count: Callable[[str], int]

    def windows(self, text: str) -> Iterator[str]:
        """Yield a text in halves, or halves of these, that are read whole; cut between words where there are any."""
        middle = _find_middle(text)
        if not middle or self.count(text) <= self.tokens:
            yield text
        else:
            yield from self.windows(text[:middle].rstrip())
            yield from self.windows(text[middle:].lstrip())


def find_reach(model: Any) -> Reach | None:
    """Return what a model of sentence-transformers says, as llm's plugin for it keeps it once it is loaded."""
    transformer = getattr(model, "_model", None)
    tokens, tokenizer = getattr(transformer, "max_seq_length", None), getattr(transformer, "tokenizer", None)
    if not isinstance(tokens, int) or tokens < 1 or not callable(getattr(tokenizer, "encode", None)):
        return None
    encode: Any = tokenizer.encode  # type: ignore[union-attr]
    return Reach(tokens, lambda text: len(encode(text)))


def embed_windows(texts: list[str], reach: Reach, embed: Callable[[list[str]], ArrayLike]) -> ArrayLike:
    """Embed texts, each as the mean of its windows.

    Args:
        texts: of any length.
        reach: of the model.
        embed: embeds texts that it reads whole, and returns a row a text.
    """
    import numpy as np

    windows = [list(reach.windows(text)) for text in texts]
    rows = np.asarray(embed([window for each in windows for window in each]), dtype=np.float32)
    starts = np.cumsum([0, *(len(each) for each in windows[:-1])])
    counts = np.array([len(each) for each in windows], dtype=np.float32)
    return np.add.reduceat(rows, starts, axis=0) / counts[:, None]


def _find_middle(text: str) -> int:
    """Return where to cut a text in two: at the space nearest to its middle; 0 where it has a single letter."""
    middle = len(text) // 2
    before, after = text.rfind(" ", 1, middle), text.find(" ", middle)
    spaces = [place for place in (before, after) if 0 < place < len(text) - 1]
    return min(spaces, key=lambda place: abs(place - middle), default=middle)
