"""Lets visitors search and editors publish at once, through gunicorn and through an ASGI server. Run: make load

Prints times, errors and connections, and whether the index equals one built from scratch afterwards.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import django

CHECKOUT = Path(__file__).resolve().parents[2]

#: Seconds that a visitor or an editor reads before the next request, at most.
READING = {"search": 4.0, "publish": 4.0}

SERVERS = {
    "gunicorn, 2 processes of 8 threads": (
        "gunicorn benchmarks.load.wsgi --workers=2 --threads=8 --log-level=warning --bind=127.0.0.1:{port}"
    ),
    "uvicorn, 2 processes": (
        "uvicorn benchmarks.load.asgi:application --workers=2 --log-level=warning --host=127.0.0.1 --port={port}"
    ),
}


@dataclass
class Times:
    """How long requests of one kind took."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Return the milliseconds that so large a share of the requests stayed within."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def main() -> int:
    """Measure every server, and return 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--editors", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--port", type=int, default=8123)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.load.settings"
    os.environ.setdefault("DATA_DIR", str(CHECKOUT / ".data" / "load"))
    django.setup()
    from django.core.management import call_command

    call_command("demo", "--prepare-only")
    return max(_measure(name, command, options) for name, command in SERVERS.items())


def _measure(name: str, command: str, options: argparse.Namespace) -> int:
    address = f"http://127.0.0.1:{options.port}"
    kinds = {"search": Times(), "publish": Times()}
    with _server(command.format(port=options.port).split(), address):
        until = time.monotonic() + options.seconds
        connections = [0]
        people = [threading.Thread(target=_count_connections, args=(until, connections))]
        for act, number, kind in ((_visit, options.visitors, "search"), (_edit, options.editors, "publish")):
            people += [threading.Thread(target=act, args=(address, seed, until, kinds[kind])) for seed in range(number)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        is_right = _wait_for_rest(address)
    print(f"{name}, {options.visitors} visitors and {options.editors} editors for {options.seconds:g} s")
    for kind, times in kinds.items():
        p50, p95, p99 = (times.percentile(share) for share in (0.5, 0.95, 0.99))
        print(
            f"  {kind:<8} {len(times.seconds):>6,} requests, p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, "
            f"{len(times.errors)} errors {times.errors[:3] or ''}"
        )
    print(f"  connections to the database: {connections[0]} at most")
    print(f"  the index {'equals' if is_right else 'DIFFERS FROM'} one built from scratch")
    return int(not is_right or any(times.errors for times in kinds.values()))


@contextmanager
def _server(command: list[str], address: str) -> Iterator[None]:
    server = subprocess.Popen([sys.executable, "-m", *command], cwd=CHECKOUT)  # noqa: S603
    try:
        for _ in range(200):
            try:
                _request(f"{address}/search/?q=file")
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait(60)


def _visit(address: str, seed: int, until: float, times: Times) -> None:
    chance = random.Random(seed)
    queries = (CHECKOUT / "testproject" / "questions.csv").read_text(encoding="utf-8").splitlines()[1:]

    def search() -> None:
        query = urllib.parse.quote_plus(chance.choice(queries).split(",")[0] + chance.choice(["", " ?", " python"]))
        _request(f"{address}/search/?q={query}")

    _go_on(search, chance, READING["search"], until, times)


def _edit(address: str, seed: int, until: float, times: Times) -> None:
    from wagtail.models import Page

    chance = random.Random(seed)
    keys = list(Page.objects.filter(depth__gt=2, live=True, alias_of=None).order_by("pk").values_list("pk", flat=True))

    def publish() -> None:
        title = f"Edited {chance.randrange(10**6)}"
        _request(f"{address}/load/publish/{chance.choice(keys)}/", {"title": title})

    _go_on(publish, chance, READING["publish"], until, times)


def _go_on(act: Callable[[], None], chance: random.Random, reading: float, until: float, times: Times) -> None:
    time.sleep(chance.uniform(0, reading))
    while time.monotonic() < until:
        begin = time.monotonic()
        try:
            act()
        except OSError as error:
            times.errors.append(str(error))
        else:
            times.seconds.append(time.monotonic() - begin)
        time.sleep(chance.uniform(0, reading))


def _request(url: str, form: dict[str, str] | None = None) -> None:
    data = urllib.parse.urlencode(form).encode() if form else None
    with urllib.request.urlopen(url, data, timeout=60) as response:  # noqa: S310
        response.read()


def _count_connections(until: float, most: list[int]) -> None:
    from django.db import connection

    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            most[0] = max(most[0], cursor.fetchone()[0] - 1)
        time.sleep(1)
    connection.close()


def _wait_for_rest(address: str) -> bool:
    """Wait until nothing is due, with a request now and then and no other worker; then compare."""
    from wagtail_vector_search.conf import get_index_settings
    from wagtail_vector_search.indexing.update import estimate_update
    from wagtail_vector_search.models import Entry
    from wagtail_vector_search.status import get_status

    for _ in range(90):
        _request(f"{address}/search/?q=file")
        if not Entry.objects.filter(state__in=[Entry.State.PENDING, Entry.State.FAILED]).exists():
            break
        time.sleep(1)
    estimate = estimate_update(get_index_settings(), "default")
    problems = [problem for problem in get_status(sampled=True).problems if "words alone" not in problem]
    for problem in problems:
        print(f"  {problem}")
    return not problems and estimate.pages == estimate.removed == estimate.failed == 0


if __name__ == "__main__":
    sys.exit(main())
