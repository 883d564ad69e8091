"""How well each search serves a site: judgments of its own pages in, figures out.

``read_judgments`` reads what people found good and bad, ``evaluate`` compares search backends by it, and ``tune``
finds the weight of meaning against words that it asks for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .comparison import Evaluation, choose_backends, evaluate
    from .cross_validation import Tuning
    from .judgments import JudgedQuery, Judgments, LeftOut
    from .reading import read_judgments
    from .scores import BackendScores, QueryScores
    from .tuning import tune

__all__ = [
    "BackendScores",
    "Evaluation",
    "JudgedQuery",
    "Judgments",
    "LeftOut",
    "QueryScores",
    "Tuning",
    "choose_backends",
    "evaluate",
    "read_judgments",
    "tune",
]

_MODULES = {
    "BackendScores": "scores",
    "Evaluation": "comparison",
    "JudgedQuery": "judgments",
    "Judgments": "judgments",
    "LeftOut": "judgments",
    "QueryScores": "scores",
    "Tuning": "cross_validation",
    "choose_backends": "comparison",
    "evaluate": "comparison",
    "read_judgments": "reading",
    "tune": "tuning",
}


# Lazy, because the measures are of use where no Django is set up.
def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
