"""The comparisons that studies make: each belongs to a coding, and fits what the coding says."""

from collections import defaultdict
from collections.abc import Iterator

from marginal_risk.check.repeats import repeated
from marginal_risk.problems import Problem
from marginal_risk.records import NOT_MEASURED, NOTHING_COMPARED
from marginal_risk.rows import CodingKey, ComparisonRow, Records


def _by_coding(records: Records) -> dict[CodingKey, list[ComparisonRow]]:
    rows: dict[CodingKey, list[ComparisonRow]] = defaultdict(list)
    for row in records.comparisons:
        rows[row.key].append(row)
    return rows


def find_repeated_comparisons(records: Records) -> Iterator[Problem]:
    """Find comparisons that stand twice, cell by cell."""
    rows = ((row[:-1], row.place) for row in records.comparisons)
    return repeated("duplicate-comparison", "comparator", "The same row stands already", rows)


def find_comparisons_without_coding(records: Records) -> Iterator[Problem]:
    """Find comparisons of a study that the coder did not code for the misuse vector."""
    if "studies.csv" in records.incomplete:
        return
    coded = {row.key for row in records.codings}
    known = (
        records.citekeys,
        {vector.slug for vector in records.codebook.misuse_vectors},
        {row.record.coder for row in records.coders},
    )

    def has_slip(key: CodingKey) -> bool:
        return any(word not in words for word, words in zip(key, known, strict=True))

    def may_mean(slip: CodingKey, key: CodingKey) -> bool:
        """Tell whether two keys differ in unknown words alone, which are reported as such."""
        return all(
            one == other or one not in words
            for one, other, words in zip(slip, key, known, strict=True)
        )

    slips = [key for key in coded if has_slip(key)]
    for key, rows in _by_coding(records).items():
        if key not in coded and not has_slip(key) and not any(may_mean(s, key) for s in slips):
            yield rows[0].place.problem(
                "citekey",
                "comparison-without-coding",
                f"studies.csv has no row for {key.citekey!r} and {key.misuse_vector!r} "
                f"by {key.coder!r}.",
                "Add the coding there, or delete this row.",
            )


def find_crowded_nothing(records: Records) -> Iterator[Problem]:
    """Find codings that say that nothing is compared, and name a comparison or a measurement."""
    for rows in _by_coding(records).values():
        for row in rows:
            if row.comparator != NOTHING_COMPARED:
                continue
            if others := [other for other in rows if other is not row]:
                yield row.place.problem(
                    "comparator",
                    "none-not-alone",
                    f"The study compares with nothing here, and with something at "
                    f"{others[0].place}.",
                    "Keep this row alone, or delete it.",
                )
            elif row.finding != NOT_MEASURED:
                yield row.place.problem(
                    "finding",
                    "none-not-alone",
                    f"Nothing is compared, but {row.finding!r} came out.",
                    f"Write '{NOT_MEASURED}', or name what was compared with.",
                )


def find_evidence_without_comparison(records: Records) -> Iterator[Problem]:
    """Find codings that address the step of marginal risk, and name no baseline for it.

    A published table is left alone: it was judged by a reading of its own. What the coders of a
    consensus compare holds for it, too.
    """
    if records.incomplete & {"comparisons.csv", "coders.csv"} or not records.comparisons:
        return  # without any row, it is data from before comparisons were coded
    asking = [step.slug for step in records.codebook.steps if step.is_marginal_risk]
    published = {row.record.coder for row in records.coders if row.record.kind == "published"}
    settling = {row.record.coder for row in records.coders if row.record.kind == "consensus"}
    compared = {row.key for row in records.comparisons if row.comparator != NOTHING_COMPARED}
    for row in records.codings:
        if row.key.coder in published or row.key in compared:
            continue
        if row.key.coder in settling and row.key[:2] in {key[:2] for key in compared}:
            continue
        for step in asking:
            if row.levels.get(step) == "addressed":
                yield row.place.problem(
                    step,
                    "addressed-without-comparison",
                    f"{row.key.citekey!r} is 'addressed' here, and comparisons.csv names nothing "
                    "that it compares with.",
                    "Add a row there that says what is compared with what, and what came out.",
                )
