"""Draws lines on logarithmic axes as SVG, in the colours of the page around it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 205, 20, 50
#: Distinct also for people with colour blindness (Okabe & Ito, "Color universal design", 2008).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f")
#: Least distance between two labels at the end of lines.
LABEL_HEIGHT = 15


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its label; points are pages and ms, both above 0, in the order of pages."""

    label: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Scale:
    """A logarithmic axis, from a power of ten to a power of ten."""

    low: int
    high: int
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value on the axis, in pixels."""
        return self.start + (log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Return the powers of ten."""
        return [10.0**power for power in range(self.low, self.high + 1)]


def draw(lines: Sequence[Line]) -> str:
    """Return an SVG picture of lines, at least one of them with a point."""
    across = _scale([x for line in lines for x, _ in line.points], LEFT, WIDTH - RIGHT)
    up = _scale([y for line in lines for _, y in line.points], HEIGHT - BOTTOM, TOP)
    parts = [*_axes(across, up), *_curves(lines, across, up)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="system-ui, sans-serif" font-size="12">\n'
        "<title>Median time of a search by the number of pages</title>\n"
        "<style>text{fill:#333}.grid{stroke:#8884}@media(prefers-color-scheme:dark){text{fill:#ccc}}</style>\n"
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _scale(values: Sequence[float], start: float, end: float) -> Scale:
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return Scale(low, max(high, low + 1), start, end)


def _axes(across: Scale, up: Scale) -> list[str]:
    parts = []
    for value in across.ticks():
        x = across(value)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{value:,.0f}</text>')
    for value in up.ticks():
        y = up(value)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g} ms</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    return [*parts, f'<text x="{middle:.1f}" y="{HEIGHT - 10}" text-anchor="middle">pages</text>']


def _curves(lines: Sequence[Line], across: Scale, up: Scale) -> list[str]:
    parts = []
    ends = place_labels([up(line.points[-1][1]) for line in lines])
    for place, (line, end) in enumerate(zip(lines, ends, strict=True)):
        colour = COLOURS[place % len(COLOURS)]
        points = [(across(x), up(y)) for x, y in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        label = f"{line.label}, {line.points[-1][1]:.1f} ms"
        parts.append(
            f'<text x="{points[-1][0] + 10:.1f}" y="{end + 4:.1f}" style="fill:{colour}">{escape(label)}</text>'
        )
    return parts


def place_labels(wanted: Sequence[float]) -> list[float]:
    """Move labels apart that would cover each other.

    Args:
        wanted: heights in pixels, in any order.

    Returns:
        Heights in the same order, at least ``LABEL_HEIGHT`` apart, none above the one wanted.
    """
    placed = [0.0] * len(wanted)
    lowest = float("-inf")
    for place in sorted(range(len(wanted)), key=wanted.__getitem__):
        placed[place] = lowest = max(wanted[place], lowest + LABEL_HEIGHT)
    return placed
