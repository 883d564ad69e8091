"""How well each search serves a site, measured by judgments of its own pages.

``read_judgments`` reads them, ``evaluate`` compares search backends by them, and ``tune`` finds the best weight of the
semantic leg.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .comparison import Evaluation, choose_backends, evaluate
    from .judgments import JudgedQuery, Judgments, LeftOut
    from .reading import read_judgments
    from .scores import BackendScores, QueryScores
    from .significance import Tuning
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
    "Tuning": "significance",
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
