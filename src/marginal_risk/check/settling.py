"""Consensus codings: two coders differ first, and a third settles it."""

from collections.abc import Iterator

from marginal_risk.problems import Problem, did_you_mean
from marginal_risk.rows import INDEPENDENT, CodingKey, Records


def find_bad_settlers(records: Records) -> Iterator[Problem]:
    """Find coders.csv rows whose settled_by is out of place, or names no person."""
    kinds = {row.record.coder: row.record.kind for row in records.coders}
    for row in records.coders:
        coder, settler = row.record.coder, row.record.settled_by
        if settler is None:
            continue
        if row.record.kind != "consensus":
            message = f"{coder!r} is no consensus: there is nothing to settle."
            yield row.place.problem("settled_by", "bad-settler", message, "Leave the cell empty.")
        elif settler not in kinds:
            if "coders.csv" not in records.incomplete:
                hint = did_you_mean(settler, kinds, "Add a row for the person.")
                message = f"{settler!r} is not a coder in coders.csv."
                yield row.place.problem("settled_by", "bad-settler", message, hint)
        elif kinds[settler] != "person":
            message = f"{settler!r} is no person."
            hint = "Name the person who settled it; leave the cell empty if the coders did."
            yield row.place.problem("settled_by", "bad-settler", message, hint)


def find_settlers_of_their_own(records: Records) -> Iterator[Problem]:
    """Find consensus codings settled by somebody who is one of the coders."""
    coders = [row.record for row in records.coders if row.record.kind == "consensus"]
    settlers = {coder.coder: coder.settled_by for coder in coders}
    coded = {row.key for row in records.codings}
    for row in records.codings:
        settler = settlers.get(row.key.coder)
        if settler and CodingKey(row.key.citekey, row.key.misuse_vector, settler) in coded:
            yield row.place.problem(
                "coder",
                "settled-by-a-party",
                f"{settler!r} settled this, and is one of the coders who differ.",
                "Ask somebody who did not code the study for this misuse vector.",
            )


def find_nothing_to_settle(records: Records) -> Iterator[Problem]:
    """Find levels of a consensus at steps that fewer than two coders judged on their own."""
    if records.incomplete & {"coders.csv", "studies.csv"}:
        return
    kinds = {row.record.coder: row.record.kind for row in records.coders}
    judged: dict[tuple[str, str, str], int] = {}
    for row in records.codings:
        if kinds.get(row.key.coder) in INDEPENDENT:
            for step in row.levels:
                item = (row.key.citekey, row.key.misuse_vector, step)
                judged[item] = judged.get(item, 0) + 1
    for row in records.codings:
        if kinds.get(row.key.coder) != "consensus":
            continue
        for step in row.levels:
            number = judged.get((row.key.citekey, row.key.misuse_vector, step), 0)
            if number < 2:
                coders = "one coder" if number else "no coder"
                yield row.place.problem(
                    step,
                    "nothing-to-settle",
                    f"A consensus of several, but {coders} judged this independently.",
                    "Add the coders' own rows, or leave the cell empty.",
                )
