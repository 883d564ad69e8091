"""The scaling curve."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from benchmarks.speed.plot import LABEL_HEIGHT, Line, Scale, draw, place_labels

SVG = "{http://www.w3.org/2000/svg}"


def test_a_logarithmic_scale_puts_powers_of_ten_at_equal_distances():
    scale = Scale(1, 3, 0, 100)

    assert [scale(value) for value in scale.ticks()] == pytest.approx([0, 50, 100])
    assert scale(10**1.5) == pytest.approx(25)


def test_every_line_is_drawn_and_named():
    lines = [Line("hybrid", [(1000, 5.0), (10_000, 8.0)]), Line("a < b", [(1000, 20.0), (10_000, 150.0)])]

    picture = ElementTree.fromstring(draw(lines))  # noqa: S314

    assert len(picture.findall(f"{SVG}polyline")) == 2
    texts = [text.text for text in picture.findall(f"{SVG}text")]
    assert "hybrid, 8.0 ms" in texts
    assert "a < b, 150.0 ms" in texts
    assert {"1,000", "10,000", "1 ms", "1000 ms"} <= set(texts)


def test_one_point_makes_a_picture_too():
    assert "<circle" in draw([Line("hybrid", [(1000, 1.0)])])


def test_labels_do_not_cover_each_other():
    placed = sorted(place_labels([100.0, 101.0, 99.0, 300.0]))

    assert all(later - earlier >= LABEL_HEIGHT for earlier, later in pairwise(placed))
    assert placed[-1] == 300.0
