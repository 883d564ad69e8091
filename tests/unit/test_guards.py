"""``make mutate`` takes half an hour; that its guards still stand where it looks for them is seen at once."""

from pathlib import Path

import pytest

from tests.mutation.guards import GUARDS

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_stands_once_in_its_file(guard):
    assert (CHECKOUT / guard.path).read_text().count(guard.text) == 1
