"""BibTeX: its entries with @strings resolved and inherited fields taken over."""

from marginal_risk.contribute.search_results.record import Export, Refusal
from marginal_risk.problems import Place
from marginal_risk.read.bibliography.entries import parse_entries
from marginal_risk.read.bibliography.inheritance import inherit_fields
from marginal_risk.rows import Progress

_COSTS_NO_ENTRY = {"duplicate-key", "duplicate-field"}


def read_bib(text: str, path: str, progress: Progress) -> Export:
    """Return the entries; of two with one key, both, and those without a key, too."""
    parsed = parse_entries(text, path)
    taken: set[str] = set()
    entries = []
    for entry in [*parsed.entries, *parsed.keyless]:
        # Others may inherit from the first with a key only; no key holds a space.
        key = entry.key if entry.key and entry.key not in taken else f"{entry.key} {len(taken)}"
        taken.add(key)
        entries.append(entry._replace(key=key))
    complete, _ = inherit_fields(entries, parsed.lost_keys)
    progress("records read", len(complete), len(complete))
    refusals = [
        Refusal(Place(problem.path, problem.line), problem.field, problem.message)
        for problem in parsed.problems
        if problem.rule not in _COSTS_NO_ENTRY
    ]
    # A parent that is missing costs nothing here: what the entry then lacks is reported.
    return Export(complete, refusals)
