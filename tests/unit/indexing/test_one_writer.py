"""Only ``indexing/entry_states`` writes the table ``Entry``."""

import ast
import re
from pathlib import Path

import pytest

import wagtail_vector_search

PACKAGE = Path(wagtail_vector_search.__file__).parent
WRITER = PACKAGE / "indexing" / "entry_states"
MODULES = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if "migrations" not in path.parts and WRITER not in path.parents
]  # fmt: skip

STATEMENT = re.compile(r"\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE|COPY)\s+(ONLY\s+)?\{+entry\}+")
WRITING = {
    "abulk_create", "acreate", "adelete", "aupdate", "bulk_create", "bulk_update", "create", "delete", "get_or_create",
    "save", "update", "update_or_create",
}  # fmt: skip
MANAGERS = re.compile(r"\bEntry\.(objects|_base_manager|_default_manager)\b|\.entries\b")


def writes(text):
    """Return what a module writes into the table, by statements and by Django's managers."""
    found = [match.group() for match in STATEMENT.finditer(text)]
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in WRITING:
            receiver = ast.unparse(node.func.value)
            if MANAGERS.search(receiver):
                found.append(f"{receiver}.{node.func.attr}()")
        elif isinstance(node.func, ast.Name) and node.func.id == "Entry":
            found.append(ast.unparse(node))
        elif isinstance(node.func, ast.Name) and node.func.id == "copy_rows":
            found += [ast.unparse(node) for argument in node.args if ast.unparse(argument) == "Entry"]
    return found


def test_no_other_module_writes_entries():
    found = {str(path.relative_to(PACKAGE)): writes(path.read_text()) for path in MODULES}
    assert {path: written for path, written in found.items() if written} == {}


@pytest.mark.parametrize(
    "text",
    [
        'SQL = "UPDATE {entry} AS entry SET state = 1"',
        "SQL = f'''INSERT INTO\n {{entry}} (id) VALUES (1)'''",
        'SQL = "WITH gone AS (DELETE FROM ONLY {entry} WHERE TRUE)"',
        'Entry.objects.using("default").filter(page=1).update(state="pending")',
        "generation.entries.all().delete()",
        "Entry(page=1).save()",
        "copy_rows(using, Entry, columns, rows)",
    ],
)
def test_a_module_that_writes_entries_is_noticed(text):
    assert writes(text)


def test_the_writer_itself_is_noticed():
    assert len(writes((WRITER / "statements.py").read_text())) >= 10
