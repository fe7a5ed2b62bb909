"""What a coding came from: the wording it was made under, and the coding it began with."""

from collections.abc import Iterator

from marginal_risk.problems import Problem, did_you_mean
from marginal_risk.rows import CodingKey, Records


def find_unknown_versions(records: Records) -> Iterator[Problem]:
    """Find codings made under a version that the codebook does not have."""
    known = [version.version for version in records.codebook.versions]
    for row in records.codings:
        if row.codebook is not None and row.codebook not in known:
            yield row.place.problem(
                "codebook",
                "unknown-codebook-version",
                f"The codebook has no version {row.codebook}.",
                f"Give one of: {', '.join(map(str, known))}.",
            )


def find_codings_without_version(records: Records) -> Iterator[Problem]:
    """Find codings by the codebook that do not say under which version of it they were made."""
    if "coders.csv" in records.incomplete:
        return
    if not any(row.codebook for row in records.codings):
        return  # data from before the codebook had versions
    kinds = {row.record.coder: row.record.kind for row in records.coders}
    for row in records.codings:
        if row.codebook is None and kinds.get(row.key.coder, "published") != "published":
            yield row.place.problem(
                "codebook",
                "no-codebook-version",
                f"{row.key.coder!r} does not say which version of the codebook this was made by.",
                f"Write {records.codebook.versions[-1].version} if it was the newest.",
            )


def find_bad_starts(records: Records) -> Iterator[Problem]:
    """Find codings that began with one that is no machine's, or that does not exist."""
    if records.incomplete & {"coders.csv", "studies.csv"}:
        return
    kinds = {row.record.coder: row.record.kind for row in records.coders}
    coded = {row.key for row in records.codings}
    for row in records.codings:
        if row.started_from and kinds.get(row.key.coder) not in ("person", None):
            message = f"{row.key.coder!r} is no person: only a person checks what a machine wrote."
            yield row.place.problem("started_from", "bad-start", message, "Empty the cell.")
            continue
        for source in row.started_from:
            if source not in kinds:
                hint = did_you_mean(source, kinds, "Name coders of coders.csv, a space between.")
                message = f"{source!r} is not a coder in coders.csv."
            elif kinds[source] != "machine":
                message = f"{source!r} is no machine: what people differ on, a consensus settles."
                hint = "Name the machines whose codings this began with."
            elif CodingKey(row.key.citekey, row.key.misuse_vector, source) not in coded:
                message = f"{source!r} has not coded this study for this misuse vector."
                hint = "Name the coders whose rows this began with, or empty the cell."
            elif row.started_from.count(source) > 1:
                message, hint = f"{source!r} stands twice.", "Name each coder once."
            else:
                continue
            yield row.place.problem("started_from", "bad-start", message, hint)
            break
