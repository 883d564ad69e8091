"""What the documentation refers to exists."""

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
DOCS = CHECKOUT / "docs"
DECISIONS = DOCS / "explanation" / "decisions"


def test_decisions_are_numbered_without_a_gap_and_listed_on_their_page():
    records = sorted(path.stem for path in DECISIONS.glob("0*.md"))
    assert [int(record[:4]) for record in records] == list(range(1, len(records) + 1))
    listed = re.findall(r"^\d{4}-\S+$", (DECISIONS / "index.md").read_text(), flags=re.MULTILINE)
    assert sorted(listed) == records


def test_every_decision_has_a_status_and_a_date():
    for path in DECISIONS.glob("0*.md"):
        title, status = path.read_text().split("\n\n")[:2]
        assert title.startswith(f"# {int(path.stem[:4])}. ")
        assert re.fullmatch(r"(Accepted|Superseded by .+), \d{4}-\d\d-\d\d\.", status), path


def test_every_test_that_the_documentation_names_exists():
    pages = "\n".join(path.read_text() for path in DOCS.rglob("*.md"))
    modules = list((CHECKOUT / "tests").rglob("test_*.py"))
    functions = {name for path in modules for name in re.findall(r"def (test_\w+)", path.read_text())}
    named = set(re.findall(r"`(test_\w+)`", pages))
    assert named
    assert not named - functions - {path.stem for path in modules}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_links_to_files_of_the_checkout_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (CHECKOUT / page).read_text())
    assert [link for link in links if not (CHECKOUT / link).exists()] == []
