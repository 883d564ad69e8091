"""Read what a module defines and documents, from its source where there is one, else from the module itself."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import sys
import sysconfig
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Literal

_LEFT_OUT = (
    # They act when imported, are not meant for readers, or repeat others.
    "antigravity encodings ensurepip genericpath idlelib nt ntpath nturl2path posix pydoc_data sre_compile "
    "sre_constants sre_parse test this turtledemo "
    # Python 3.12 and 3.13 removed them (PEP 594, PEP 632 and others), so sites on older versions are the same.
    "aifc asynchat asyncore audioop cgi cgitb chunk crypt distutils imghdr imp lib2to3 mailcap msilib nis nntplib "
    "ossaudiodev pipes smtpd sndhdr spwd sunau telnetlib uu xdrlib"
)
LEFT_OUT = frozenset(_LEFT_OUT.split())
#: Parts of packages that are left out wherever they are.
LEFT_OUT_PARTS = frozenset({"test", "tests", "macholib", "idle_test"})
#: Modules that only exist to be re-exported under a public name, besides those that start with an underscore.
PRIVATE = frozenset({"posix", "genericpath"})
#: Public name of a module that is kept under another.
PUBLIC_NAMES = {"posixpath": "os.path"}

MAX_SIGNATURE = 100
SELF = re.compile(r"\((?:self|cls)\b(?:, /)?(?:, )?")


@dataclass(slots=True)
class Definition:
    """A module, class or function: its name within what holds it, its docstring and what it holds itself."""

    name: str
    kind: Literal["module", "class", "function"]
    doc: str = ""
    signature: str = ""
    members: list[Definition] = field(default_factory=list)
    #: What ``__all__`` lists; empty where a module has none.
    exported: frozenset[str] = frozenset()
    #: The modules of a package whose names are offered as its own.
    sources: set[str] = field(default_factory=set)

    def holds(self, name: str) -> bool:
        """Whether something of this name is defined in it already."""
        return any(member.name == name for member in self.members)


def standard_library() -> Iterator[Definition]:
    """Yield the definition of every public module of the standard library, submodules inside their package."""
    for name in sorted(sys.stdlib_module_names):
        if not name.startswith("_") and name not in LEFT_OUT:
            module = read_module(name)
            if module is not None:
                module.name = PUBLIC_NAMES.get(name, name)
                yield module


def read_module(name: str) -> Definition | None:
    """Read one module.

    Args:
        name: full dotted name.

    Returns:
        Its definition, or ``None`` when this Python does not have it.
    """
    base = Path(sysconfig.get_path("stdlib"), *name.split("."))
    path = next((path for path in (base / "__init__.py", base.with_suffix(".py")) if path.is_file()), None)
    if path is None:
        return _read_extension(name)
    module = _read_source(name, path)
    if path.name == "__init__.py":
        module.members += list(_read_submodules(module, name, path.parent))
    return module


def _read_submodules(package: Definition, name: str, folder: Path) -> Iterator[Definition]:
    """Yield the modules of a package but for those whose names the package offers as its own."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(folder)]))
    for part in names:
        is_public = not part.startswith("_") and part not in LEFT_OUT_PARTS and part not in package.sources
        if is_public and (submodule := read_module(f"{name}.{part}")) is not None:
            submodule.name = part
            yield submodule


def _read_source(name: str, path: Path) -> Definition:
    tree = ast.parse(path.read_bytes())
    module = Definition(name, "module", ast.get_docstring(tree) or "")
    module.members = [_from_node(node) for node in tree.body if _is_public(node)]
    module.exported = _exported_names(tree)
    for statement in _top_level_imports(tree.body):
        source = _re_exported_module(statement, name)
        if source and (definition := read_module(source)) is not None:
            _take_over(module, statement, definition)
            module.sources.add(source.removeprefix(f"{name}."))
    return module


def _exported_names(tree: ast.Module) -> frozenset[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return frozenset(n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant))  # type: ignore[misc]
    return frozenset()


def _is_public(node: ast.stmt) -> bool:
    named = isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    return named and not node.name.startswith("_")  # type: ignore[attr-defined]


def _from_node(node: ast.stmt) -> Definition:
    assert isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)  # noqa: S101
    doc = ast.get_docstring(node) or ""
    if isinstance(node, ast.ClassDef):
        members = [_from_node(member) for member in node.body if _is_public(member)]
        # Of several definitions of one name (getter and setter, or variants for ``overload``) the first.
        first = {member.name: member for member in reversed(members)}
        return Definition(node.name, "class", doc, members=list(first.values())[::-1])
    return Definition(node.name, "function", doc, _shortened(f"{node.name}({ast.unparse(node.args)})"))


def _shortened(signature: str) -> str:
    """Return a signature as callers see it: without ``self``, and not much longer than a line."""
    signature = SELF.sub("(", signature, count=1)
    return signature if len(signature) <= MAX_SIGNATURE else f"{signature[:MAX_SIGNATURE].rsplit(',', 1)[0]}, …)"


def _top_level_imports(body: list[ast.stmt]) -> Iterator[ast.ImportFrom]:
    for statement in body:
        if isinstance(statement, ast.ImportFrom):
            yield statement
        elif isinstance(statement, ast.Try | ast.If):
            yield from _top_level_imports([*statement.body, *statement.orelse])


def _re_exported_module(statement: ast.ImportFrom, name: str) -> str:
    """Return the module whose names are offered under those of another: a private one, or a part of the package."""
    source = f"{name}.{statement.module}" if statement.level == 1 else statement.module or ""
    is_private = source in PRIVATE or (source.startswith("_") and source != "__future__")
    return source if is_private or (source.startswith(f"{name}.") and statement.module) else ""


def _take_over(module: Definition, statement: ast.ImportFrom, source: Definition) -> None:
    """Add the names that a module imports to be its own, such as ``collections.deque`` from ``_collections``."""
    names = {alias.name for alias in statement.names if not (alias.asname or "").startswith("_")}
    takes_all = names == {"*"}
    if not module.doc and (takes_all or "__doc__" in names):
        module.doc = source.doc
    exported = source.exported if takes_all else module.exported
    for member in source.members:
        is_wanted = (takes_all or member.name in names) and (not exported or member.name in exported)
        if is_wanted and member.kind != "module" and not module.holds(member.name):
            module.members.append(member)


def _read_extension(name: str) -> Definition | None:
    """Read a module that is written in C; those do nothing when imported but define their names."""
    try:
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            module = importlib.import_module(name)
    except ImportError:
        return None
    definition = Definition(name, "module", inspect.getdoc(module) or "")
    for member_name, value in sorted(vars(module).items()):
        is_definition = inspect.isroutine(value) or inspect.isclass(value)
        if is_definition and not member_name.startswith("_") and not _is_alias(member_name, value, module):
            definition.members.append(_from_object(member_name, value))
    return definition


def _is_alias(name: str, value: object, module: ModuleType) -> bool:
    own_name = getattr(value, "__name__", name)
    return own_name != name and getattr(module, own_name, None) is value


def _from_object(name: str, value: object) -> Definition:
    doc = inspect.getdoc(value) or ""
    if not inspect.isclass(value):
        return Definition(name, "function", doc, _signature(name, value))
    public = [(n, v) for n, v in sorted(vars(value).items()) if not n.startswith("_") and inspect.isroutine(v)]
    return Definition(name, "class", doc, members=[_from_object(n, v) for n, v in public])


def _signature(name: str, value: object) -> str:
    try:
        return _shortened(f"{name}{inspect.signature(value)}")  # type: ignore[arg-type]
    except (AttributeError, TypeError, ValueError):  # a default value that only exists in C
        return ""
