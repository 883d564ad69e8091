"""The modules of the package import each other relatively, and never in a circle, not even for type checking."""

import ast
import re
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "wagtail_vector_search"

MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}


def imported_modules(name, path):
    """Names of the modules of the package that a module imports."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (imported.name for imported in node.names if imported.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*parts, *filter(None, [node.module])])
            for imported in node.names:
                module = f"{source}.{imported.name}"
                if module in MODULES or source in MODULES:
                    yield module if module in MODULES else source


def circles(graph):
    """Strongly connected components of more than one module (Tarjan 1972), and modules that import themselves."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module):
        index[module] = low[module] = len(index)
        stack.append(module)
        for imported in graph[module]:
            if imported not in index:
                visit(imported)
                low[module] = min(low[module], low[imported])
            elif imported in stack:
                low[module] = min(low[module], index[imported])
        if low[module] == index[module]:
            component = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(component) > 1 or module in graph[module]:
                found.append(sorted(component))

    for module in graph:
        if module not in index:
            visit(module)
    return found


def test_circles_are_found():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"d", "a"}, "e": set()}
    assert circles(graph) == [["b", "c"], ["d"]]


def test_no_module_imports_in_a_circle():
    graph = {name: set(imported_modules(name, path)) for name, path in MODULES.items()}
    assert sum(map(len, graph.values())) > len(graph)
    assert circles(graph) == []


def test_modules_of_the_package_import_each_other_relatively():
    absolute = re.compile(rf"^\s*(?:from|import) {PACKAGE.name}\b", re.MULTILINE)
    assert [name for name, path in MODULES.items() if absolute.search(path.read_text())] == []
