"""Comparing what two programs give: texts and rows, equal as they are, behind masks, or not."""

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

SHOWN = 20
"""Lines of a difference that are shown."""
_WIDEST = 220
"""Characters of a line that are shown."""


class Mask(NamedTuple):
    """What must differ between two programs, and so is not compared."""

    what: str
    pattern: str
    """A regular expression."""
    put: str | Callable[[re.Match[str]], str]
    """What stands in its place."""


class Outcome(NamedTuple):
    """How two texts compare."""

    verdict: str
    """'equal', 'masked' (equal once masks are put over both) or 'different'."""
    masked: Counter[str]
    """How often each mask was needed, where the verdict is 'masked'."""
    lines: list[str]
    """The first lines of the difference, where the verdict is 'different'."""


def compare_texts(old: str, new: str, masks: Sequence[Mask] = ()) -> Outcome:
    """Compare two texts; masks are put over both only where they differ without."""
    if old == new:
        return Outcome("equal", Counter(), [])
    hidden: Counter[str] = Counter()
    for mask in masks:
        before = old, new
        old, found = re.subn(mask.pattern, mask.put, old)
        new, _ = re.subn(mask.pattern, mask.put, new)
        if (old, new) != before:
            hidden[mask.what] += found
        if old == new:
            return Outcome("masked", hidden, [])
    return Outcome("different", Counter(), difference(old.split("\n"), new.split("\n")))


def compare_bytes(old: bytes, new: bytes, masks: Sequence[Mask] = ()) -> Outcome:
    """Compare two texts in UTF-8, or two files of any other kind, which no mask fits."""
    try:
        return compare_texts(old.decode(), new.decode(), masks)
    except UnicodeDecodeError:
        if old == new:
            return Outcome("equal", Counter(), [])
        return Outcome("different", Counter(), [f"{len(old)} bytes against {len(new)}, no text"])


def compare_rows(old: Iterable[str], new: Iterable[str], masks: Sequence[Mask] = ()) -> Outcome:
    """Compare two tables, each row as a text; the order of rows does not count."""
    return compare_texts("\n".join(sorted(old)), "\n".join(sorted(new)), masks)


def worse(first: Outcome, second: Outcome) -> Outcome:
    """Return the outcomes of two parts of one thing as one: the worse verdict."""
    verdict = max(first.verdict, second.verdict, key=("equal", "masked", "different").index)
    return Outcome(verdict, first.masked + second.masked, [*first.lines, *second.lines])


def difference(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return the first lines of what differs, without what stands around it."""
    lines = difflib.unified_diff(old, new, "old", "new", n=0, lineterm="")
    shown: list[str] = []
    for line in lines:
        if len(shown) == SHOWN:
            return [*shown, "..."]
        shown.append(line if len(line) <= _WIDEST else f"{line[:_WIDEST]}...")
    return shown


@dataclass
class Tally:
    """The outcomes of one kind of thing."""

    equal: int = 0
    masked: int = 0
    excepted: int = 0
    different: int = 0

    @property
    def compared(self) -> int:
        """How many there were."""
        return self.equal + self.masked + self.excepted + self.different


@dataclass
class Report:
    """All that was compared, by kind: rows, pages, commands and files."""

    exceptions: Sequence[str] = ()
    """Regular expressions of what may differ: '<kind>: <name>'."""
    tallies: dict[str, Tally] = field(default_factory=dict)
    masks: Counter[str] = field(default_factory=Counter)
    differences: list[tuple[str, list[str]]] = field(default_factory=list)
    excepted: list[str] = field(default_factory=list)

    def add(self, kind: str, name: str, outcome: Outcome) -> None:
        """Count an outcome."""
        tally = self.tallies.setdefault(kind, Tally())
        what = f"{kind}: {name}"
        if outcome.verdict == "different" and any(re.search(e, what) for e in self.exceptions):
            tally.excepted += 1
            self.excepted.append(what)
            return
        setattr(tally, outcome.verdict, getattr(tally, outcome.verdict) + 1)
        self.masks.update(outcome.masked)
        if outcome.verdict == "different":
            self.differences.append((what, outcome.lines))

    def lines(self) -> list[str]:
        """Return the report as lines: differences, what was not compared, and the counts."""
        lines = []
        for name, shown in self.differences:
            lines += [f"DIFFERENT {name}", *(f"    {line}" for line in shown), ""]
        lines += [f"excepted: {name}" for name in self.excepted]
        lines += [f"masked {count} times: {what}" for what, count in sorted(self.masks.items())]
        columns = ("compared", "equal", "masked", "excepted", "different")
        lines += ["", f"{'':<22}" + "".join(f"{column:>11}" for column in columns)]
        for kind, tally in self.tallies.items():
            counts = (f"{getattr(tally, column):>11,}" for column in columns)
            lines.append(f"{kind:<22}{''.join(counts)}")
        return lines
