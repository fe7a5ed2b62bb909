"""Search results in BibTeX: entries with their @strings resolved and inherited fields filled in."""

from marginal_risk.contribute.search_results.record import Refusal, SearchResults
from marginal_risk.problems import Place
from marginal_risk.read.bibliography.entries import parse_entries
from marginal_risk.read.bibliography.inheritance import inherit_fields
from marginal_risk.rows import Progress

_LOSES_NO_ENTRY = {"duplicate-key", "duplicate-field"}


def read_bib(text: str, path: str, progress: Progress) -> SearchResults:
    """Return all entries, including those that share a key or have none."""
    parsed = parse_entries(text, path)
    taken: set[str] = set()
    entries = []
    for entry in [*parsed.entries, *parsed.keyless]:
        # Inheritance goes by key, and to the first entry that has it: a repeated or missing key
        # becomes a unique one. The added space occurs in no real key.
        key = entry.key if entry.key and entry.key not in taken else f"{entry.key} {len(taken)}"
        taken.add(key)
        entries.append(entry._replace(key=key))
    complete, _ = inherit_fields(entries, parsed.lost_keys)
    progress("records read", len(complete), len(complete))
    refusals = [
        Refusal(Place(problem.path, problem.line), problem.field, problem.message)
        for problem in parsed.problems
        if problem.rule not in _LOSES_NO_ENTRY
    ]
    # A missing parent is not reported here: the fields that the entry then lacks are, later.
    return SearchResults(complete, refusals)
