"""The screening sheet: every study found has a row, and every decision says why and when."""

from collections.abc import Iterator, Mapping

from marginal_risk.check.repeats import repeated
from marginal_risk.check.standing import Unit, decide, group_decisions
from marginal_risk.check.words import unknown_word
from marginal_risk.problems import Place, Problem, nearest
from marginal_risk.rows import Records, ScreeningRow
from marginal_risk.screening_records import SEARCH_KINDS

_MAY_BE_CODED = frozenset({"candidate", "included", "withdrawn"})


def find_unscreened_studies(records: Records) -> Iterator[Problem]:
    """Find works of the bibliography that no row of screening.csv names.

    A publication of codings is a source, and another version of a work is screened as that work.
    """
    if {"screening.csv", "coders.csv"} & records.incomplete:
        return
    screened = {_meant(row.record.citekey, records.citekeys) for row in records.screening}
    screened |= {row.record.coder for row in records.coders}
    for reference in records.references:
        study = reference.study
        if study.citekey not in screened and not study.version_of:
            yield reference.place.problem(
                "citekey",
                "not-screened",
                f"{study.citekey!r} has no row in screening.csv.",
                "Add one there, as a candidate if nothing is decided yet.",
            )


def _meant(word: str, known: frozenset[str]) -> str:
    """Return a known word for a slip: it is reported where it stands, and not once more."""
    return word if word in known else nearest(word, known) or word


def find_unknown_decisions(records: Records) -> Iterator[Problem]:
    """Find decisions, reasons and types of study that the codebook does not have."""
    codebook = records.codebook
    known = {
        "decision": {term.slug for term in codebook.decisions},
        "reason": {term.slug for term in codebook.exclusion_reasons},
        "study_type": {term.slug for term in codebook.study_types},
    }
    for row in records.screening:
        for field, words in known.items():
            word = getattr(row.record, field)
            if word is not None and word not in words:
                yield unknown_word(row.place, field, word, "unknown-screening-word", words)
    for search in records.searches:
        if search.record.kind not in SEARCH_KINDS:
            message = f"{search.record.kind!r} is no kind of search."
            hint = f"Use one of: {', '.join(SEARCH_KINDS)}."
            yield search.place.problem("kind", "unknown-screening-word", message, hint)


def find_searches_that_do_not_add_up(records: Records) -> Iterator[Problem]:
    """Find searches whose records do not become as many as they found."""
    for row in records.searches:
        search = row.record
        became = (search.taken, search.known, search.repeated, search.refused)
        given = [number for number in became if number is not None]
        if given and (len(given) < len(became) or sum(given) != search.hits):
            found = f"taken, known, repeated and refused make {sum(given)}"
            message = f"The search found {search.hits} records; {found}."
            hint = "Say of each record what became of it, or leave the four cells empty."
            yield row.place.problem("hits", "search-does-not-add-up", message, hint)
    if records.incomplete & {"screening.csv", "bib"} or not records.searches:
        return
    # A work that was taken keeps its row, or became a version of another one.
    works = {row.record.citekey for row in records.screening}
    works |= {one.study.citekey for one in records.references if one.study.version_of}
    taken = sum(row.record.taken or 0 for row in records.searches)
    if taken > len(works):
        message = f"The searches have taken {taken} works; the data has {len(works)}."
        hint = "A work that was taken keeps its row in screening.csv; see that none was deleted."
        place = records.searches[-1].place
        yield place.problem("taken", "search-does-not-add-up", message, hint)


def find_repeated_screening(records: Records) -> Iterator[Problem]:
    """Find studies that are screened twice for one vector, or both for one and for none."""
    rows = (((r.record.citekey, r.record.misuse_vector), r.place) for r in records.screening)
    what = "This study stands already for this misuse vector"
    yield from repeated("duplicate-screening", "citekey", what, rows)
    sorted_at: dict[str, Place] = {}
    for row in records.screening:
        if row.record.misuse_vector:
            sorted_at.setdefault(row.record.citekey, row.place)
    for row in records.screening:
        other = sorted_at.get(row.record.citekey)
        if other and not row.record.misuse_vector:
            message = f"No misuse vector is named, and {other} names one for this study."
            hint = "Name one here, too, or delete the row."
            yield row.place.problem("misuse_vector", "duplicate-screening", message, hint)


def find_incomplete_decisions(records: Records) -> Iterator[Problem]:
    """Find decisions that do not say when, why, or for which misuse vector."""
    names_study = {term.slug: term.names_study for term in records.codebook.exclusion_reasons}
    for row in records.screening:
        for field, message, hint in _lacks(row, names_study):
            yield row.place.problem(field, "incomplete-decision", message, hint)


def _lacks(row: ScreeningRow, names_study: Mapping[str, bool]) -> Iterator[tuple[str, str, str]]:
    """Yield (field, message, hint) for each thing that a decision lacks, or has too much."""
    found = row.record
    if found.decision in ("included", "withdrawn") and not found.misuse_vector:
        message = f"{found.citekey!r} is {found.decision}, but for no misuse vector."
        yield "misuse_vector", message, "Name the misuse vector."
    if found.decision in ("included", "excluded", "withdrawn") and not found.decided_on:
        message = f"{found.citekey!r} is {found.decision}, without a day."
        yield "decided_on", message, "Write when that was decided, as YYYY-MM-DD."
    if found.decision == "excluded" and not found.reason:
        hint = "Give one of the codebook's exclusion_reasons."
        yield "reason", f"{found.citekey!r} is excluded, without a reason.", hint
    if found.decision in ("candidate", "included") and found.reason:
        message = f"{found.citekey!r} is {found.decision}, but has a reason to leave it out."
        yield "reason", message, "Delete the reason, or exclude the study."
    if found.decision == "withdrawn" and not found.note:
        message = f"{found.citekey!r} is withdrawn, and nothing says why."
        yield "note", message, "Say in a sentence why it was withdrawn."
    needs = names_study.get(found.reason or "")
    if needs and not found.other_study:
        hint = f"Write '{found.reason}' and a citekey, with a space between."
        yield "reason", f"{found.reason!r} must name a study.", hint
    elif needs is False and found.other_study:
        message = f"{found.reason!r} names no other study, so {found.other_study!r} says nothing."
        yield "reason", message, "Move it to the note."


def find_codings_not_included(records: Records) -> Iterator[Problem]:
    """Find codings of a study that was not found for the misuse vector, or is excluded.

    A candidate that a person or publication codes is included by that. A machine may code
    whatever was found: nothing is decided by it, and whoever decides later need not delete what
    it wrote.
    """
    if "screening.csv" in records.incomplete:
        return
    vectors = frozenset(term.slug for term in records.codebook.misuse_vectors)
    words = frozenset(term.slug for term in records.codebook.decisions)
    decisions: dict[tuple[str, str | None], str] = {}
    may_be_coded, was_found = set(), set()
    machines = {row.record.coder for row in records.coders if row.record.kind == "machine"}
    left_out = _left_out_by_screeners(records)
    for row in records.screening:
        found = row.record
        if (found.citekey, found.misuse_vector) in left_out:
            found = found._replace(decision="excluded")
        decisions[found.citekey, found.misuse_vector] = found.decision
        if found.misuse_vector:
            vector = _meant(found.misuse_vector, vectors)
            was_found.add((_meant(found.citekey, records.citekeys), vector))
        if found.misuse_vector and _meant(found.decision, words) in _MAY_BE_CODED:
            vector = _meant(found.misuse_vector, vectors)
            may_be_coded.add((_meant(found.citekey, records.citekeys), vector))
    for coding in records.codings:
        key = (coding.key.citekey, coding.key.misuse_vector)
        if key[0] not in records.citekeys or key[1] not in vectors:
            continue  # the same mistake, reported where it stands
        if key not in (was_found if coding.key.coder in machines else may_be_coded):
            decision = decisions.get(key)
            there = f"is {decision!r}" if decision else "has no row"
            yield coding.place.problem(
                "citekey",
                "coded-not-included",
                f"{key[0]!r} is coded for {key[1]!r}, but {there} in screening.csv.",
                "Undo the decision there." if decision else "Add a row there, as a candidate.",
            )


def _left_out_by_screeners(records: Records) -> set[Unit]:
    """Return the candidates that their screeners have excluded."""
    decisions = group_decisions(records)
    return {
        unit
        for row in records.screening
        if row.record.decision == "candidate"
        and (unit := (row.record.citekey, row.record.misuse_vector)) in decisions
        and decide(row.record, decisions[unit], ()).decision == "excluded"
    }


def find_bad_versions(records: Records) -> Iterator[Problem]:
    """Find works that are said to be a version of nothing, of themselves or of a version."""
    versions = [(one, work) for one in records.references if (work := one.study.version_of)]
    if not versions:
        return
    main = {reference.study.citekey: reference.study.version_of for reference in records.references}
    screened = {row.record.citekey: row.place for row in records.screening}
    for reference, target in versions:
        key = reference.study.citekey
        if target == key:
            found = (f"{key!r} is said to be a version of itself.", "Delete the field.")
        elif target not in records.citekeys:
            if "bib" in records.incomplete:
                continue
            yield unknown_word(reference.place, "version_of", target, "bad-version", main)
            continue
        elif further := main.get(target):
            hint = f"Name the work that {target!r} is a version of: {further!r}."
            found = (f"{target!r} is a version itself.", hint)
        elif key in screened:
            hint = "Delete one of the two: a version is screened and coded as the work itself."
            found = (f"{key!r} is a version of {target!r}, and screened at {screened[key]}.", hint)
        else:
            continue
        yield reference.place.problem("version_of", "bad-version", *found)
