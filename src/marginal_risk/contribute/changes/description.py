"""A comparison in the reader's words: sections of entries, for the renderings to print.

``describe`` goes through the parts in this order: the map, the studies, their codings, the
agreement of coders, the coders, people and searches, and the codebook.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from marginal_risk.contribute.changes.comparing import Changes, RowChange
from marginal_risk.contribute.changes.snapshot import RESOLVERS, Row, Snapshot
from marginal_risk.contribute.changes.wording import (
    ChangeLine,
    Link,
    Quote,
    Section,
    Wording,
    label,
    section,
    without_link,
)
from marginal_risk.publish.queries.agreement import AgreementRow
from marginal_risk.publish.queries.agreement import describe as describe_figures
from marginal_risk.rows import INDEPENDENT

TITLE = "What changes on the map"
_SHOWN_WHEN_ADDED = ("authors", "editors", "publication_date", "venue", "doi", "arxiv_id", "url")
_CODING = ("citekey", "misuse_vector", "coder")
_OWNERS = {"literature": "in the literature as found", "reading": "in our reading"}


def describe(changes: Changes, quote: Quote, link: Link = without_link) -> Iterator[Section]:
    """Yield the sections that have an entry, the map first."""
    words = Wording(changes, quote, link)
    for describe_part in _PARTS:
        yield from (found for found in describe_part(changes, words) if found.entries)


def describe_sides(changes: Changes, quote: Quote) -> str:
    """Return a sentence that names the two sides."""
    words = Wording(changes, quote, without_link)

    def called(side: Snapshot) -> str:
        commit = side.commit or side.name
        is_hash = commit.startswith(side.name)
        return words.text(side.name if is_hash else f"{side.name} ({commit[:7]})")

    return f"From {called(changes.base)} to {called(changes.head)}."


def describe_nothing(changes: Changes) -> str:
    """Return the sentence for a comparison without changes."""
    if changes.base.data_version == changes.head.data_version:
        return "Nothing changes: the data is the same."
    return (
        "Nothing changes: the files differ in form only (order, layout, comments, or the file that"
        " holds an entry)."
    )


def _describe_map(changes: Changes, words: Wording) -> Iterator[Section]:
    """Yield how the headline, cells, gaps and counts of the map change."""
    tables = changes.tables
    gaps = tables["gaps"]
    yield section("Headline", (_sentence(row, words) for row in tables["sentences"].all))
    yield section("Cells of the map", (_cell(row, words) for row in tables["cells"].all))
    yield section("Gaps opened", (_gap(row, words) for row in gaps.added))
    yield section("Gaps closed", (_gap(row, words) for row in gaps.removed))
    yield section("Gaps changed", (_gap(row, words) for row in gaps.changed))
    yield section("Numbers", (_count(row) for row in tables["counts"].all))


def _sentence(change: RowChange, words: Wording) -> ChangeLine:
    before, after = (row and words.quoted(row["text"]) for row in (change.before, change.after))
    if before is None or after is None:
        return ChangeLine(f"new: {after}" if after else f"gone: {before}")
    return ChangeLine(f"now: {after}", (f"before: {before}",))


def _count(change: RowChange) -> ChangeLine:
    before, after = change.fields["number"]
    return ChangeLine(f"{change.key['count']}: {before} → {after}")


def _cell(change: RowChange, words: Wording) -> ChangeLine:
    before, after = (
        "not on the map" if row is None else words.name("states", row["state"])
        for row in (change.before, change.after)
    )
    return ChangeLine(f"{words.cell(change.key)}: {before} → {after}")


def _gap(change: RowChange, words: Wording) -> ChangeLine:
    kinds = [_kind(row, words) for row in (change.before, change.after) if row is not None]
    return ChangeLine(f"{words.cell(change.key)}: {' → '.join(kinds)}")


def _kind(row: Row, words: Wording) -> str:
    return f"{words.name('gap_kinds', row['gap_kind'])} ({_OWNERS[row['gap_in']]})"


def _describe_studies(changes: Changes, words: Wording) -> Iterator[Section]:
    """Yield the changes to the bibliography and to the decisions about its studies."""
    studies, screening = changes.tables["studies"], changes.tables["screening"]
    yield section("Studies added", (_study(row, words) for row in studies.added))
    yield section("Studies removed", (_study(row, words) for row in studies.removed))
    yield section("References corrected", (_reference(row, words) for row in studies.changed))
    decided = [row for row in screening.changed if "decision" in row.fields]
    noted = [row for row in screening.changed if "decision" not in row.fields]
    yield section("Studies found", (_found(row, words) for row in screening.added))
    yield section("Decisions changed", (_decided(row, words) for row in decided))
    yield section("Screening corrected", (_noted(row, words) for row in noted))
    yield section(
        "No longer among the studies found", (_found(r, words) for r in screening.removed)
    )


def _study(change: RowChange, words: Wording) -> ChangeLine:
    row = change.values
    facts = [_fact(column, row[column], words) for column in _SHOWN_WHEN_ADDED if row[column]]
    if row["version_of"]:
        facts.append(f"a version of {words.study(row['version_of'])}")
    return ChangeLine(
        f"{words.study(change.key['citekey'])}: {words.quoted(row['title'])}", (". ".join(facts),)
    )


def _fact(column: str, value: str, words: Wording) -> str:
    text = words.text(value)
    resolver = RESOLVERS.get(column)
    return words.link(text, f"{resolver}{quote(value, safe='/')}") if resolver else text


def _reference(change: RowChange, words: Wording) -> ChangeLine:
    details = list(words.differences(change, "bibtex"))
    if not details:
        # Only a field that the map does not show has changed: show lines of the entry.
        before, after = (text.splitlines() for text in change.fields["bibtex"])
        old = " ".join(line for line in before if line not in after)
        new = " ".join(line for line in after if line not in before)
        details = [f"BibTeX: {words.quoted(old)} → {words.quoted(new)}"]
    return ChangeLine(words.study(change.key["citekey"]), tuple(details))


def _found(change: RowChange, words: Wording) -> ChangeLine:
    row = change.values
    return ChangeLine(
        f"{words.for_vector(change.key)}: {_outcome(row, words)}",
        (f"found via {words.quoted(row['found_via'])}", *_note(row, words)),
    )


def _decided(change: RowChange, words: Wording) -> ChangeLine:
    before, after = (_outcome(row, words) for row in (change.before, change.after) if row)
    return ChangeLine(
        f"{words.for_vector(change.key)}: {before} → {after}", tuple(_note(change.values, words))
    )


def _noted(change: RowChange, words: Wording) -> ChangeLine:
    return ChangeLine(words.for_vector(change.key), tuple(words.differences(change)))


def _outcome(row: Row, words: Wording) -> str:
    """Return the decision and its reason."""
    outcome = words.name("decisions", row["decision"])
    if row["reason"]:
        outcome += f": {words.name('exclusion_reasons', row['reason'])}"
    if row["other_study"]:
        outcome += f", {words.study(row['other_study'])}"
    return outcome


def _note(row: Row, words: Wording) -> Iterator[str]:
    if row["note"]:
        yield f"note: {words.quoted(row['note'])}"


def _describe_codings(changes: Changes, words: Wording) -> Iterator[Section]:
    """Yield the changes to codings: new ones, new levels, new reasons, removed ones."""
    codings = changes.tables["codings"]
    judged: dict[tuple[Any, ...], list[RowChange]] = {}
    for change in changes.tables["judgements"].all:
        judged.setdefault(_coding(change), []).append(change)
    compared: dict[tuple[Any, ...], list[RowChange]] = {}
    for change in changes.tables["comparisons"].all:
        compared.setdefault(_coding(change), []).append(change)

    new_or_gone = {_coding(row) for row in (*codings.added, *codings.removed)}

    def entry(change: RowChange) -> ChangeLine:
        is_whole = _coding(change) in new_or_gone
        details = (_judgement(row, words, is_whole) for row in judged.get(_coding(change), ()))
        comparisons = (_comparison(row, words) for row in compared.get(_coding(change), ()))
        own = _origin(change, words) if is_whole else words.differences(change)
        settled = _settled(changes, change, words) if change.after or not is_whole else ()
        return ChangeLine(
            f"{words.for_vector(change.key)}, by {words.name('coders', change.key['coder'])}",
            (*details, *settled, *comparisons, *own),
        )

    kept = {_coding(row): row for row in codings.changed}
    for key in (*judged, *compared):
        if key not in new_or_gone:
            named = dict(zip(_CODING, key, strict=True))
            kept.setdefault(key, RowChange(named, None, None))
    recoded = {key for key, rows in judged.items() if any("level" in row.fields for row in rows)}
    others = [row for key, row in kept.items() if key not in recoded]
    yield section("Codings added", map(entry, codings.added))
    yield section("Recoded", (entry(row) for key, row in kept.items() if key in recoded))
    yield section("Reasons of codings changed", map(entry, others))
    yield section("Codings removed", map(entry, codings.removed))


def _origin(change: RowChange, words: Wording) -> Iterator[str]:
    """Yield that the coding checks others, if it does."""
    sources = (change.values.get("started_from") or "").split()
    if sources:
        names = " and ".join(words.name("coders", source) for source in sources)
        yield f"checks the coding of {names}: checked, not independent"


def _settled(changes: Changes, change: RowChange, words: Wording) -> Iterator[str]:
    """Yield, for each step that a consensus judges, what its coders had said there."""
    coders, judgements = (changes.head.tables[name] for name in ("coders", "judgements"))
    coder = coders.get((change.key["coder"],))
    if coder is None or coder["kind"] != "consensus":
        return
    said: dict[str, dict[str, str]] = {}
    settled = set()
    for (citekey, vector, who, step), row in judgements.items():
        if (citekey, vector) != (change.key["citekey"], change.key["misuse_vector"]):
            continue
        if who == change.key["coder"]:
            settled.add(step)
        elif coders[(who,)]["kind"] in INDEPENDENT:
            said.setdefault(step, {})[who] = row["level"]
    for step, levels in said.items():
        if step in settled:
            each = ", ".join(
                f"{words.name('levels', level)} by {words.name('coders', who)}"
                for who, level in levels.items()
            )
            what = "settles" if len(set(levels.values())) > 1 else "nothing to settle at"
            yield f"{what} {words.name('steps', step)}: {each}"


def _comparison(change: RowChange, words: Wording) -> str:
    """Return what is compared with what, and whether that is new, gone or changed."""
    key = change.key
    what = "gone" if change.after is None else "new" if change.before is None else "changed"
    examined = words.name("examined", key["examined"])
    comparator = words.name("comparators", key["comparator"])
    finding = words.name("findings", key["finding"])
    text = f"comparison, {what}: {examined}, compared with {comparator}: {finding}"
    note = change.values["note"]
    said = f": {words.quoted(note)}" if note else ""
    return f"{text} ({words.text(key['locator'])}){said}"


def _coding(change: RowChange) -> tuple[Any, ...]:
    return tuple(change.key[column] for column in _CODING)


def _judgement(change: RowChange, words: Wording, is_whole: bool) -> str:
    """Return the level before and after, with the reason for the later one.

    Where the whole coding was added or removed, there is one level only.
    """
    step = words.name("steps", change.key["step"])
    if "level" not in change.fields:
        return f"{step}: {'; '.join(words.differences(change))}"
    levels = [
        "Not coded" if level is None else words.name("levels", level)
        for level in change.fields["level"]
        if not is_whole or level
    ]
    if change.after is None:
        return f"{step}: {' → '.join(levels)}"
    row = change.after
    confidence = words.name("confidences", row["confidence"])
    where = f"{words.text(row['locator'])}; confidence: {confidence}"
    return f"{step}: {' → '.join(levels)} ({where}): {words.quoted(row['rationale'])}"


def _describe_agreement(changes: Changes, words: Wording) -> Iterator[Section]:
    """Yield how far coders agreed before and agree now: in all, by step, by vector, by pair."""
    found = changes.tables["agreement"].all
    yield section("Agreement", (_agreement(change, words) for change in found))


def _agreement(change: RowChange, words: Wording) -> ChangeLine:
    key = change.key
    if key["step"]:
        about = words.name("steps", key["step"])
    elif key["misuse_vector"]:
        about = words.name("misuse_vectors", key["misuse_vector"])
    elif key["coder"]:
        names = (words.name("coders", key[column]) for column in ("coder", "other_coder"))
        about = " and ".join(names)
    else:
        about = "all codings"
    figures = [
        words.text(describe_figures(AgreementRow(**key, **row)))
        if row
        else "no judgement by two coders"
        for row in (change.before, change.after)
    ]
    details = [f"before: {figures[0]}", f"now: {figures[1]}"]
    if change.after and key["scope"] == "all":
        details.append(words.text(change.after["conclusion"]))
    return ChangeLine(about, tuple(details))


def _describe_people_and_searches(changes: Changes, words: Wording) -> Iterator[Section]:
    """Yield the changes to the coders, the names of people and the searches."""

    def search(change: RowChange) -> str:
        key = change.key
        return (
            f"{words.text(key['source'])}, {words.text(key['searched_on'])}:"
            f" {words.quoted(key['query'])}"
        )

    yield from words.plain(
        "Coders", changes.tables["coders"], lambda row: words.named("coders", row.key["coder"])
    )
    yield from words.plain(
        "Names of people",
        changes.tables["people"],
        lambda row: f"{words.text(row.key['name'])} and {words.text(row.key['person'])}",
    )
    yield from words.plain("Searches", changes.tables["searches"], search)


def _describe_codebook(changes: Changes, words: Wording) -> Iterator[Section]:
    """Yield the changes to the vocabulary and to the rules for each level."""

    def term(change: RowChange) -> str:
        where = change.key["section"]
        return f"{label(where)}: {words.named(where, change.key['slug'])}"

    def rule(change: RowChange) -> str:
        step, level = change.key["step"], change.key["level"]
        return f"{words.name('steps', step)}, {words.name('levels', level)}"

    yield from words.plain("Terms of the codebook", changes.tables["terms"], term)
    yield from words.plain("Coding rules", changes.tables["coding_rules"], rule)
    yield section(
        "Order of the codebook",
        (
            ChangeLine(label(row.key["section"]), tuple(words.differences(row)))
            for row in changes.tables["term_order"].changed
        ),
    )


_PARTS = (
    _describe_map,
    _describe_studies,
    _describe_codings,
    _describe_agreement,
    _describe_people_and_searches,
    _describe_codebook,
)
