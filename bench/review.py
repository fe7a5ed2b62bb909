"""A large review, where a successful survey goes: every command and page, as the review grows.

Studies are invented, every other one coded by two. Pages are made anew for each request, and
compared with ``/evidence/levels.json``, which Datasette answers from three rows, in the same run.
"""

import http.client
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from bench.bibliography import memory_of, run_build, run_program
from bench.history import word_for
from bench.invent import invent_review
from bench.page import as_table
from bench.site import Row, serving
from marginal_risk.cli.build import without_collecting_garbage
from marginal_risk.publish.queries import open_database
from marginal_risk.store.agreement import agreement_rows

SIZES = (7, 300, 3_000)
"""Coded studies."""
FLOOR = "/evidence/levels.json"
_YEARS = """
select m.misuse_vector, m.step, count(*) as studies, max(l.rank) as best
from agreed_judgements m
join studies t on t.citekey = m.citekey
join levels l on l.slug = m.level
where t.year between 2016 and 2020
group by m.misuse_vector, m.step
"""
PAGES = {
    "the map": "/",
    "the map, a word": "/?q=baseline",
    "the map, years": "/?from=2016&to=2020",
    "the map, a coder": "/?coder=second",
    "the map, a level": "/?level=absent",
    "the map, a confidence": "/?confidence=high",
    "the map, a vector": "/?vector=csam",
    "the map, years, with provisional codings": "/?from=2016&codings=provisional",
    "the map, study by study, years": "/?from=2016&view=studies",
    "the map in a frame, years": "/embed?from=2016",
    "figure (SVG), years": "/map.svg?from=2016&to={}",
    "preview (PNG), years": "/map.png?from=2016&to={}",
    "comparisons": "/comparisons",
    "comparisons, years": "/comparisons?from=2016",
    "comparisons of open models": "/comparisons?examined=open",
    "a cell": "/vectors/csam/existing_risk",
    "a misuse vector": "/vectors/csam",
    "gaps": "/gaps",
    "what to code next": "/next",
    "agreement": "/agreement",
    "trends": "/trends",
    "screening": "/screening",
    "studies": "/studies",
    "studies, a word": "/studies?q=model",
    "data": "/data",
}
"""What is asked for: each page, and the map with each kind of filter. A figure is kept by what it
shows, so '{}' is another year, after all studies, in each address."""
PEERS = {
    "Datasette's table of the judgements": "/evidence/judgements",
    "the same with facets": "/evidence/judgements?_facet=level&_facet=coder&_facet=step",
    "the map's years as SQL by hand": f"/evidence/-/query.json?{urlencode({'sql': _YEARS})}",
}
"""What Datasette itself answers on the same data."""
GOAL = "<= 20"
_CLIENTS = 16
_MOST_REQUESTS = 7
_MOST_SECONDS = 1.5


class Measured(NamedTuple):
    """What a review of one size costs."""

    studies: int
    check: float
    """Seconds; the next two as well."""
    build: float
    agreement: float
    memory: float
    """Megabytes that the server has after all pages were asked for."""
    pages: dict[str, float]
    """Seconds for each page, by its name in PAGES or PEERS, against those for the floor."""
    floor: float
    """Seconds for the floor."""
    slowest: float
    """The 99th percentile of the map's pages asked for by 16 clients, against their median."""


def measure(sizes: tuple[int, ...] = SIZES) -> list[Measured]:
    """Build, check and serve a review of each size."""
    with tempfile.TemporaryDirectory(prefix="marginal-risk-bench-") as name:
        return [_measure(Path(name) / str(studies), studies) for studies in sizes]


def _measure(folder: Path, studies: int) -> Measured:
    data, database = invent_review(folder, studies), folder / "review.db"
    check = min(run_program("check", "--data", str(data)).seconds for _ in range(2))
    build = run_build(data, database).seconds
    with closing(open_database(database)) as connection, without_collecting_garbage():
        start = time.process_time()
        agreement_rows(lambda sql: connection.execute(sql).fetchall())
        agreement = time.process_time() - start
    with serving(database, size=1, kept_bytes=0) as get:
        years = count(2100)

        def seconds(path: str) -> float:
            start = time.perf_counter()
            get(path.format(next(years)))
            return time.perf_counter() - start

        floor = statistics.median(seconds(FLOOR) for _ in range(50))
        pages = {
            name: _median(lambda path=path: seconds(path)) / floor
            for name, path in {**PAGES, **PEERS}.items()
        }
        slowest = _slowest(get.port)
        memory = memory_of(get.process) / 1e6
    return Measured(studies, check, build, agreement, memory, pages, floor, slowest)


def _median(ask: Callable[[], float]) -> float:
    """Return the median of several requests; of fewer where one takes long. The first is left out.

    It warms up what a server reads once, such as the library that draws.
    """
    ask()
    taken = []
    while len(taken) < _MOST_REQUESTS and sum(taken) < _MOST_SECONDS:
        taken.append(ask())
    return statistics.median(taken)


def _slowest(port: int) -> float:
    """Return how much longer than the median the slowest of a hundred requests took."""
    paths = [path for path in PAGES.values() if path.startswith("/?")]

    def ask(client: int) -> list[float]:
        taken = []
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            for path in paths[client % len(paths) :] + paths[: client % len(paths)]:
                start = time.perf_counter()
                connection.request("GET", path)
                connection.getresponse().read()
                taken.append(time.perf_counter() - start)
        return taken

    with ThreadPoolExecutor(_CLIENTS) as pool:
        taken = [seconds for found in pool.map(ask, range(_CLIENTS)) for seconds in found]
    return statistics.quantiles(taken, n=100)[-1] / statistics.median(taken)


class Figure(NamedTuple):
    """A row of the table."""

    what: str
    of: Callable[[Measured], float]
    goal: str


FIGURES = (
    Figure("check, seconds", lambda one: one.check, "<= 1"),
    Figure("build / check", lambda one: one.build / one.check, "<= 2.5"),
    Figure("figures of agreement, CPU seconds", lambda one: one.agreement, "<= 0.15"),
    Figure("the same / the build", lambda one: one.agreement / one.build, "<= 0.05"),
    Figure("memory of the server, MB", lambda one: one.memory, ""),
    Figure("16 clients, the map with filters: p99 / median", lambda one: one.slowest, "<= 3"),
    *(
        Figure(f"{name} / the floor", lambda one, name=name: one.pages[name], GOAL)
        for name in PAGES
    ),
    *(Figure(f"{name} / the floor", lambda one, name=name: one.pages[name], "") for name in PEERS),
)
"""What is shown for each size; the goals are those of the largest."""


def as_rows(found: Sequence[Measured]) -> Iterator[Row]:
    """Yield the figures of the largest review."""
    for what, of, goal in FIGURES:
        yield f"{found[-1].studies:,} studies: {what}", of(found[-1]), goal


def measure_growth(found: Sequence[Measured]) -> Iterator[Row]:
    """Yield how much longer pages take with the largest review than with the one before it."""
    *_, smaller, largest = found
    growth = [
        largest.pages[page] * largest.floor / (smaller.pages[page] * smaller.floor)
        for page in PAGES
    ]
    what = f"a page with {largest.studies:,} studies / with {smaller.studies:,}"
    yield f"{what}, median", statistics.median(growth), "<= 3"
    yield f"{what}, most", max(growth), "<= 3"


def as_markdown(found: Sequence[Measured], cores: int, python: str) -> str:
    """Return the table of the page."""
    head = ("what", *(f"{one.studies:,}" for one in found), "goal", "")
    cells = [
        (
            figure.what,
            *(f"{figure.of(one):.2f}" for one in found),
            figure.goal,
            word_for(round(figure.of(found[-1]), 2), figure.goal),
        )
        for figure in FIGURES
    ]
    floors = ", ".join(f"{1000 * one.floor:.1f}" for one in found)
    told = (
        f"The floor took {floors} ms. One run, one server process, a machine of {cores} cores,"
        f" Python {python}."
    )
    return f"{as_table(head, cells, align='---')}\n{told}\n"
