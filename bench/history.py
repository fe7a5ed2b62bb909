"""The ratios of earlier runs, kept in a file of one's own that git ignores."""

import json
from pathlib import Path

HISTORY = Path(__file__).parents[1] / ".bench" / "history.json"
_KEPT = 20
"""Runs that are kept."""

Run = dict[str, float]
"""Ratio by what was measured."""


def read_history(path: Path = HISTORY) -> list[Run]:
    """Return the runs so far, the last one last; none where there is no such file, or another."""
    try:
        runs = json.loads(path.read_text("utf-8"))
        return [{str(what): float(ratio) for what, ratio in run.items()} for run in runs]
    except (OSError, ValueError, AttributeError, TypeError):
        return []


def keep_run(run: Run, path: Path = HISTORY) -> None:
    """Add a run."""
    path.parent.mkdir(exist_ok=True)
    runs = [*read_history(path), run][-_KEPT:]
    path.write_text(json.dumps(runs, indent=1) + "\n", "utf-8")


def is_kept(ratio: float, bound: str) -> bool | None:
    """Tell whether a ratio keeps a bound such as '<= 0.9'; None where there is none."""
    sign, _, value = bound.partition(" ")
    if not bound:
        return None
    return ratio <= float(value) if sign == "<=" else ratio >= float(value)


def word_for(ratio: float, bound: str) -> str:
    """Return 'kept' or 'missed'; '' where there is no bound."""
    return {True: "kept", False: "missed", None: ""}[is_kept(ratio, bound)]
