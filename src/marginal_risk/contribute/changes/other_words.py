"""What a change does to the coders and their agreement, the searches and the codebook."""

from collections.abc import Iterator

from marginal_risk.contribute.changes.comparing import Changes, RowChange
from marginal_risk.contribute.changes.wording import Entry, Section, Wording, label, section
from marginal_risk.publish.queries.agreement import Figures, describe


def describe_agreement(changes: Changes, words: Wording) -> Iterator[Section]:
    """Yield how far coders agree, before and after: in all, by step, by vector, by pair."""
    found = changes.tables["agreement"].all
    yield section("Agreement", (_agreement(change, words) for change in found))


def _agreement(change: RowChange, words: Wording) -> Entry:
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
    told = [
        words.text(describe(Figures(**key, **row))) if row else "no judgement by two coders"
        for row in (change.before, change.after)
    ]
    details = [f"before: {told[0]}", f"now: {told[1]}"]
    if change.after and key["scope"] == "all":
        details.append(words.text(change.after["conclusion"]))
    return Entry(about, tuple(details))


def describe_people_and_searches(changes: Changes, words: Wording) -> Iterator[Section]:
    """Yield what changes in who coded and where was searched."""

    def search(change: RowChange) -> str:
        key = change.key
        return (
            f"{words.text(key['source'])}, {words.text(key['searched_on'])}:"
            f" {words.said(key['query'])}"
        )

    yield from words.plain(
        "Coders", changes.tables["coders"], lambda row: words.named("coders", row.key["coder"])
    )
    yield from words.plain("Searches", changes.tables["searches"], search)


def describe_codebook(changes: Changes, words: Wording) -> Iterator[Section]:
    """Yield what changes in the vocabulary, and in what earns a level."""

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
            Entry(label(row.key["section"]), tuple(words.differences(row)))
            for row in changes.tables["term_order"].changed
        ),
    )
