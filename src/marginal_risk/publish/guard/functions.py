"""What a stranger's SQL may call: functions by name, and the costly ones within a bound.

Whatever is not named here is refused, so a function that another build of SQLite brings is
refused until somebody has looked at it. Left out on purpose: those that reach into memory or the
file system (fts3_tokenizer, load_extension, readfile), that make large values of a small text
(zeroblob, randomblob, printf and format, whose widths take time before they are refused), that
tell of the server (sqlite_compileoption_get), edits of JSON, which compare each key with each, and
highlight and snippet of FTS5, which copy or weigh a text anew for each word of it that is found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Cost = Callable[..., int]


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


AGGREGATES = _names(
    """
    avg count group_concat max min string_agg sum total json_group_array json_group_object
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank
    row_number
    """
)
ON_ONE_VALUE = _names(
    """
    abs char coalesce concat concat_ws hex iif if ifnull length likelihood likely lower nullif
    octet_length quote random round sign substr substring typeof unicode unlikely upper
    acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10
    log2 mod pi pow power radians sin sinh sqrt tan tanh trunc
    ltrim rtrim trim
    """
)
ON_DATES = _names(
    """
    current_date current_time current_timestamp date datetime julianday strftime time timediff
    unixepoch
    """
)
ON_JSON = _names(
    """
    -> ->> json json_array json_array_length json_each json_extract json_object json_quote
    json_tree json_type json_valid
    """
)
ON_SEARCH = _names("match bm25 escape_fts")
"""Of FTS5; escape_fts is Datasette's own, and quotes what a reader searches for."""


def _product(*texts: Any) -> int:
    first, second, *_ = texts
    return _length(first) * _length(second)


def _format(*words: Any) -> int:
    return _length(words[0]) * 10_000 if words else 0


def _length(value: Any) -> int:
    if isinstance(value, (str, bytes)):
        return len(value)
    return 0 if value is None else 25


BOUNDED: dict[tuple[str, int], Cost] = {
    ("instr", 2): _product,
    ("replace", 3): _product,
    ("ltrim", 2): _product,
    ("rtrim", 2): _product,
    ("trim", 2): _product,
    ("like", 2): _product,
    ("like", 3): _product,
    ("glob", 2): _product,
    ("strftime", -1): _format,
}
"""By name and number of arguments (-1: any): what a call costs, in comparisons."""

ALLOWED = AGGREGATES | ON_ONE_VALUE | ON_DATES | ON_JSON | ON_SEARCH | {name for name, _ in BOUNDED}
"""The names of all functions that a stranger's SQL may call."""
