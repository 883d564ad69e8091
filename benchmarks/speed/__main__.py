"""The command; see ``--help``."""

from __future__ import annotations

import argparse
from pathlib import Path
from time import perf_counter

from ..reporting import machine_line, write_json
from ..scratch import benchmark_site
from .measuring import SiteResult, measure_site, measure_startup, measure_throttled
from .plot import Line, draw
from .tables import LABELS, print_site, print_startup

LEAST_PAGES = 200


def main() -> None:
    """Measure, print, write."""
    options = _parse()
    with benchmark_site(options.provider, options.model) as template:
        print(f"{machine_line()}\nTimes are of warm processes; queries are not cached.\n", flush=True)
        startup = measure_startup()
        print_startup(startup)
        sites: list[SiteResult] = []
        for pages in options.pages:
            started = perf_counter()
            throttled = None if sites else measure_throttled(template)
            sites.append(measure_site(pages, template, throttled=throttled))
            print_site(sites[-1])
            print(f"({perf_counter() - started:.0f} s for {pages:,} pages)\n", flush=True)
        write_json(options.json, {"startup": startup, "sites": [site.as_dict() for site in sites]})
        if options.plot:
            Path(options.plot).write_text(draw(_lines(sites)))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description="Measure speed on synthetic pages.")
    parser.add_argument("--pages", type=_sizes, default=[1000, 10_000], help="sizes of sites (1000,10000)")
    parser.add_argument("--provider", default="", help="dotted path of an embedding provider (LLMProvider)")
    parser.add_argument("--model", default="", help="its model (wordllama)")
    parser.add_argument("--json", default="", metavar="OUT", help="write the results here")
    parser.add_argument("--plot", default="", metavar="OUT.svg", help="draw p50 by the number of pages")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    sizes = sorted(int(part.replace("_", "")) for part in text.split(","))
    if sizes[0] < LEAST_PAGES:
        raise argparse.ArgumentTypeError(f"a site has at least {LEAST_PAGES} pages, to be published and filtered")
    return sizes


def _lines(sites: list[SiteResult]) -> list[Line]:
    """Return the scaling curves."""
    lines = [
        Line(LABELS[name], [(site.pages, site.searches[name].p50) for site in sites]) for name in sites[0].searches
    ]
    return [*lines, Line("pgvector by hand", [(site.pages, site.semantic["100 %"].by_hand) for site in sites])]


if __name__ == "__main__":
    main()
