"""Views that are imported when they are first visited: every process loads the addresses, few are asked for a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase


def deferred(module: str, name: str, **options: Any) -> Callable[..., HttpResponseBase]:
    """Return a view that stands for another.

    What Django reads from the view before it calls it, such as ``non_atomic_requests``, has to be set on this one.

    Args:
        module: that the other stands in, named from this package, such as ``".lab.views"``.
        name: of the function or class.
        options: for the ``as_view`` of a class.
    """

    @cache
    def load() -> Callable[..., HttpResponseBase]:
        found: Any = getattr(import_module(module, __package__), name)
        view: Callable[..., HttpResponseBase] = found.as_view(**options) if hasattr(found, "as_view") else found
        return view

    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return load()(request, *args, **kwargs)

    return view
