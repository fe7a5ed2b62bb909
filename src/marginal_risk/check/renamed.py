"""Citekeys that were renamed: an address with the old one leads to the work, which must be."""

from collections.abc import Iterator

from marginal_risk.problems import Problem, did_you_mean
from marginal_risk.rows import Records


def find_bad_renamings(records: Records) -> Iterator[Problem]:
    """Find rows of renamed.csv whose old key is still in use, or whose new one is no entry's."""
    if "bib" in records.incomplete:
        return
    by_old = {row.record.old_citekey: row.record.citekey for row in reversed(records.renamed)}
    seen: set[str] = set()
    for row in records.renamed:
        old, new = row.record.old_citekey, row.record.citekey
        rule, column = "bad-renaming", "old_citekey"
        if old in records.citekeys:
            message = f"{old!r} is an entry's key, so its address leads there."
            yield row.place.problem(column, rule, message, "Remove the row, or rename the entry.")
        elif old in seen:
            message = f"An earlier row says what became of {old!r}."
            yield row.place.problem(column, rule, message, "Keep one of the rows.")
        elif new in by_old and new not in records.citekeys:
            message = f"{new!r} was renamed itself, to {by_old[new]!r}."
            yield row.place.problem("citekey", rule, message, f"Write {by_old[new]!r} here.")
        elif new not in records.citekeys:
            message = f"No entry has the key {new!r}."
            hint = did_you_mean(new, records.citekeys, "Write the key that the entry has now.")
            yield row.place.problem("citekey", rule, message, hint)
        seen.add(old)
