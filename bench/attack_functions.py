"""Call each function that a stranger may call, with the largest and the worst values.

    python -m bench.attack_functions

It prints the slowest and the largest call; it exits with 1 where one takes more than 1.5 s of the
processor's time or 200 MB. Time is the process's own, so a busy machine changes nothing. It reads
/proc, so it runs on Linux alone.
"""

import itertools
import resource
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from marginal_risk.publish.guard import limits
from marginal_risk.publish.guard.functions import ALLOWED
from marginal_risk.publish.guard.sql import LIMITS, GuardedConnection, guard

SECONDS = 1.5
MEGABYTES = 200
LONG = limits.LONGEST_VALUE
HALF = LONG // 2 - 1

WORST: dict[str, Any] = {
    "null": None,
    "one": 1,
    "largest integer": 2**63 - 1,
    "smallest integer": -(2**63),
    "largest number": 1.7e308,
    "long": "a" * LONG,
    "long and other": "a" * HALF + "b",
    "half": "a" * HALF,
    "pairs": "ab" * HALF,
    "wide": "\N{GRINNING FACE}" * (LONG // 4),
    "zeros": "\0" * LONG,
    "bytes": b"\xff" * LONG,
    "digits": "9" * LONG,
    "exponent": "1e" + "9" * (LONG - 2),
    "quotes": "'" * LONG,
    "like": "%a_" * (limits.LONGEST_PATTERN // 3),
    "glob": "*[^b-z]?" * (limits.LONGEST_PATTERN // 8),
    "format": "%J" * HALF,
    "short format": "%J" * 250,
    "date": "2024-02-30T12:34:56",
    "modifier": "+99999999 months",
    "array": "[" + "1," * (HALF - 2) + "1]",
    "object": "{" + ",".join(f'"k{i}":1' for i in range(8_000)) + "}",
    "deep": "[" * 1_900 + "]" * 1_900,
    "too deep": "[" * LONG,
    "path": "$" + ".a" * HALF,
    "last": "$[#-1]",
}


def calls() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each function, a statement that calls it, and the names of its values."""
    plain = sqlite3.connect(":memory:")
    found = plain.execute("select distinct name, narg from pragma_function_list").fetchall()
    plain.close()
    for name, count in sorted(found):
        if name not in ALLOWED:
            continue
        for arguments in [count] if count >= 0 else range(limits.MOST_ARGUMENTS + 1):
            for values in _choices(arguments):
                yield name, _statement(name, arguments), values


def _choices(arguments: int) -> Iterator[tuple[str, ...]]:
    """Yield values for so many arguments.

    Of up to three, and of the most, all pairs, then the second again; of other numbers, one value
    at each place.
    """
    if 3 < arguments < limits.MOST_ARGUMENTS:
        yield from ((value,) * arguments for value in WORST)
        return
    for pair in itertools.product(WORST, repeat=min(arguments, 2)):
        yield (*pair, *pair[-1:] * (arguments - len(pair)))
    if arguments == 3:  # the third for itself
        yield from (("long", "one", value) for value in WORST)
        yield from (("long", "long", value) for value in WORST)


def _statement(name: str, arguments: int) -> str:
    if name in ("->", "->>"):
        return f"select ? {name} ?"
    if name.startswith("current_"):
        return f"select {name}"
    if (name, arguments) == ("count", 0):
        return "select count(*)"
    return f"select {name}({', '.join('?' * arguments)})"


def main() -> None:
    """Call them all."""
    connection = sqlite3.connect(":memory:", factory=GuardedConnection)
    guard(connection)
    assert connection.getlimit(sqlite3.SQLITE_LIMIT_LENGTH) == LIMITS[sqlite3.SQLITE_LIMIT_LENGTH]
    before = _megabytes("VmRSS")
    room = (_megabytes("VmSize") + MEGABYTES) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (room, resource.RLIM_INFINITY))
    slowest = (0.0, "", ("",))
    count, names = 0, set()
    for name, statement, values in calls():
        begin = time.process_time()
        with suppress(sqlite3.Error, OverflowError):  # refused, which is as good
            try:
                connection.execute(statement, [WORST[value] for value in values]).fetchone()
            except MemoryError:
                sys.exit(f"{name} of {values} takes more than {MEGABYTES} MB")
        seconds = time.process_time() - begin
        slowest = max(slowest, (seconds, name, values))
        count += 1
        names.add(name)
        if seconds > SECONDS:
            sys.exit(f"{name} of {values} takes {seconds:.1f} s")
    seconds, name, values = slowest
    print(f"{count:,} calls of {len(names)} functions")
    print(f"slowest: {1000 * seconds:.0f} ms, {name} of {', '.join(values[:2])}")
    print(f"memory: {_megabytes('VmHWM') - before} MB more than before")


def _megabytes(what: str) -> int:
    """Return what Linux says of this process's memory: VmRSS now, VmHWM at most, VmSize asked for.

    The system's own count of the most (getrusage) begins with that of the process before it.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition(f"{what}:")[2].split()[0]) // 1024


if __name__ == "__main__":
    main()
