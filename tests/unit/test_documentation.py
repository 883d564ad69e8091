"""What the documentation refers to exists."""

import datetime
import re
from pathlib import Path

import pytest

from tests.ecosystem.cases import CASES, Case
from tests.ecosystem.page import Outcome, write_page

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


def test_every_package_that_is_run_beside_this_one_has_its_pins_and_its_row():
    page = (DOCS / "reference" / "compatibility.md").read_text()
    for case in CASES:
        pins = CHECKOUT / "tests" / "ecosystem" / "requirements" / f"{case.folder}.txt"
        (pin,) = re.findall(rf"^{case.package}==(\S+)$", pins.read_text(), flags=re.MULTILINE)
        row = f"[{case.package}](https://pypi.org/project/{case.package}/) {pin} |"
        assert row in page, f'Type: make ecosystem ARGS="-k {case.package}"'
        assert f"| {case.does} | {case.settings} |" in page, case.package


def test_what_came_of_a_package_replaces_its_row_and_leaves_the_others(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "% made by make ecosystem: K\n\n| P |\n| - |\n\n% end\n\n"
        "% made by make ecosystem: K, what was checked\n\n% end\nEnd\n"
    )
    for package, version in (("b", "1"), ("a", "1"), ("b", "2")):
        case = Case(package, "K", package, "does.", "nothing")
        date = datetime.date(2026, 12, 1)
        write_page(Outcome(case, version, {"wagtail": "8"}, {"PostgreSQL": "18"}, ["it works"], date), page)
    lines = page.read_text().splitlines()
    assert [line.split(" | ")[0] for line in lines if line.startswith("| [")] == [
        "| [a](https://pypi.org/project/a/) 1",
        "| [b](https://pypi.org/project/b/) 2",
    ]
    assert [line for line in lines if line.startswith("- ")] == [
        f"- [{package}](https://pypi.org/project/{package}/): it works." for package in "ab"
    ]
    assert lines[-1] == "End"
