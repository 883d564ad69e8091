"""What runs in a process that tests start and kill. ``processes`` is the other side."""

from __future__ import annotations

import functools
import importlib
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import django

# Imported once by the server that all test processes are forked from, which takes seconds.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.core.management.base import CommandError  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import override_settings  # noqa: E402

STOPPED = "stopped"
GO_ON = "go on"


@dataclass(frozen=True)
class Order:
    """What a process does, in which world, and where it stops."""

    #: Dotted path of a function, or the name of a management command.
    what: str
    arguments: Sequence[Any]
    #: Whether ``what`` is a management command.
    is_command: bool
    #: Where standard output and standard error go.
    output: str
    #: ``package.module.function:before``, ``package.module.Class.method:after``, or with the number of the call:
    #: ``package.module.function:before:2``.
    stop_at: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    databases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: Values by dotted path, such as a constant of a module.
    patches: Mapping[str, Any] = field(default_factory=dict)


def run(order: Order, line: Connection) -> None:
    """Do what a test wants, in a process of its own.

    Args:
        order: what to do.
        line: to the test; a process whose test is over ends.
    """
    _redirect(order.output)
    _hang_up_with(line)
    _connect_to(order.databases)
    override_settings(**order.settings).enable()
    for path, value in order.patches.items():
        _replace(path, value)
    for place in order.stop_at:
        _stop_at(place, line)
    try:
        if order.is_command:
            call_command(order.what, *order.arguments)
        else:
            _find(order.what)(*order.arguments)
    except CommandError as error:
        print(error, file=sys.stderr)  # noqa: T201  # as manage.py does
        sys.exit(error.returncode)


def _redirect(path: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(descriptor, stream.fileno())


#: Set when the test lets the process go on.
_released = threading.Event()


def _hang_up_with(line: Connection) -> None:
    """Listen to the test; end with it."""

    def listen() -> None:
        try:
            while line.recv() == GO_ON:
                _released.set()
        except (EOFError, OSError):
            os._exit(1)

    threading.Thread(target=listen, daemon=True).start()


def _connect_to(databases: Mapping[str, Mapping[str, Any]]) -> None:
    for alias, values in databases.items():
        # Every thread makes its connection from this dictionary.
        entry = connections.settings.setdefault(alias, {})
        entry.clear()
        entry.update(values)
        entry["OPTIONS"] = {**entry.get("OPTIONS", {}), "application_name": application_name(os.getpid())}


def application_name(pid: int) -> str:
    """Return the name under which the database knows a process of a test."""
    return f"tests-{pid}"


def _stop_at(place: str, line: Connection) -> None:
    path, when, *number = place.split(":")
    _replace(path, _stopping(_find(path), when, int(number[0]) if number else 1, place, line))


def _stopping(original: Callable[..., Any], when: str, number: int, place: str, line: Connection) -> Callable[..., Any]:
    calls = 0

    @functools.wraps(original)
    def stopping(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        here = calls == number
        if here and when == "before":
            _stop(place, line)
        result = original(*args, **kwargs)
        if here and when == "after":
            _stop(place, line)
        return result

    return stopping


def _stop(place: str, line: Connection) -> None:
    _released.clear()
    line.send((STOPPED, place))
    _released.wait()


def _find(path: str) -> Any:
    """Return what a dotted path names: in a module, or in a class of a module."""
    owner, name = _owner(path)
    return getattr(owner, name)


def _owner(path: str) -> tuple[Any, str]:
    *parts, name = path.split(".")
    for length in range(len(parts), 0, -1):
        try:
            owner = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        return functools.reduce(getattr, parts[length:], owner), name
    raise ModuleNotFoundError(path)


def _replace(path: str, new: Any) -> None:
    """Replace a value where it is defined, and a function also wherever it has been imported."""
    owner, name = _owner(path)
    old = getattr(owner, name)
    setattr(owner, name, new)
    if not callable(old):
        return
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith(("wagtail_vector_search", "tests.")):
            for key, value in list(vars(module).items()):
                if value is old:
                    setattr(module, key, new)
