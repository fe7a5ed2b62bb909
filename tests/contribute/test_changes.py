"""What a change does to the map: each kind in turn, in words written by hand."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes_of import add, edit, sections_of, snapshot_of
from marginal_risk.contribute.changes.comparing import Changes, RowChange, compare
from marginal_risk.contribute.changes.rendering import as_json, as_markdown, as_text
from marginal_risk.contribute.changes.snapshot import KEYS, Rows, Snapshot
from marginal_risk.contribute.changes.wording import MAX_ENTRIES

FICTIVE = "von Fictive & Sans-Existence (2022) [fictive2022]"
ROBOTS = "Robot calls, Added risk"
CANDIDATE = "nobody2019,robot_calls,candidate,,,A search that nobody made,,"


def recode(data: Path) -> None:
    edit(data / "studies.csv", "2024-05-02,addressed,absent", "2024-05-02,addressed,partial")


def leave_a_step_open(data: Path) -> None:
    edit(
        data / "studies.csv",
        "tabulated2024,2024,addressed,partial,absent",
        "tabulated2024,2024,addressed,partial,",
    )
    edit(
        data / "rationales.csv",
        "invented2020,forged_letters,tabulated2024,defense,high,section 3,Appendix A,"
        "Does not discuss seals or signatures.\n",
        "",
    )


def give_another_reason(data: Path) -> None:
    edit(data / "rationales.csv", "high,page 11,,Says who calls", "low,page 13,,Tells who calls")


def add_a_study(data: Path) -> None:
    add(
        data / "bib" / "invented.bib",
        "\n@misc{zero2024,\n  author = {Zero, Abe},\n  title = {Calls},\n  year = {2024},\n"
        "  month = feb,\n  howpublished = {Nowhere Preprints},\n  doi = {10.5555/zero.2024},\n}\n",
    )
    add(data / "screening.csv", "zero2024,robot_calls,candidate,,,A search that nobody made,,\n")


def remove_a_study(data: Path) -> None:
    text = (data / "bib" / "invented.bib").read_text(encoding="utf-8")
    entry = text[text.index("@techreport{nobody2019") : text.index("@misc{pretend2023")]
    edit(data / "bib" / "invented.bib", entry, "")
    edit(
        data / "screening.csv",
        f"{CANDIDATE}\n",
        "",
    )


def correct_a_reference(data: Path) -> None:
    path = data / "bib" / "invented.bib"
    edit(path, "author = {Invented, Ada}", "author = {Invented, Ada and Second, Bea}")
    edit(path, "year = {2020}", "year = {2020},\n  month = may")


def correct_what_is_not_shown(data: Path) -> None:
    edit(data / "bib" / "invented.bib", "{Nowhere Preprints},\n  doi = {10.5555/invented",
         "{Nowhere Preprints},\n  isbn = {5},\n  doi = {10.5555/invented")  # fmt: skip


def exclude(data: Path) -> None:
    edit(
        data / "screening.csv",
        CANDIDATE,
        "nobody2019,robot_calls,excluded,duplicate_of fictive2022,,A search that nobody made,2024,",
    )


def withdraw(data: Path) -> None:
    edit(
        data / "screening.csv",
        "fictive2022,robot_calls,included,,measured,A search that nobody made,2024-04-01,",
        "fictive2022,robot_calls,withdrawn,,measured,A search that nobody made,2024-04-01,"
        "The authors took it back.",
    )


def note_the_screening(data: Path) -> None:
    edit(
        data / "screening.csv",
        "pretend2023,fake_maps,included,,argued",
        "pretend2023,fake_maps,included,,measured",
    )


def code_a_study(data: Path) -> None:
    edit(
        data / "screening.csv",
        CANDIDATE,
        "nobody2019,robot_calls,included,,,A search that nobody made,2024,",
    )
    add(
        data / "studies.csv",
        "nobody2019,robot_calls,person_a,2024-06-01,,addressed,,2,,,,Read twice.\n",
    )
    add(
        data / "rationales.csv",
        "nobody2019,robot_calls,person_a,added_risk,low,page 3,,By halves.\n",
    )
    add(
        data / "comparisons.csv",
        "nobody2019,robot_calls,person_a,open,goose_quills,more,,page 3,\n",
    )


def remove_a_coding(data: Path) -> None:
    for name in ("studies.csv", "rationales.csv", "comparisons.csv"):
        lines = (data / name).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = "".join(line for line in lines if "toy_model" not in line)
        (data / name).write_text(kept, encoding="utf-8")


def add_a_coder(data: Path) -> None:
    add(data / "coders.csv", "person_c,Person C (invented),person,,,\n")
    edit(data / "coders.csv", "Toy model 0.1", "Toy model 0.2")


def tell_people_apart(data: Path) -> None:
    add(data / "people.csv", '"Pretend, Eve","Nobody, Dee",no,They are two people.\n')


def search_again(data: Path) -> None:
    add(
        data / "searches.csv",
        "2024-05,Index of Nowhere,calls,systematic,3,,,,,Person A (invented),\n",
    )
    edit(data / "searches.csv", ",12,", ",13,")


def change_the_codebook(data: Path) -> None:
    path = data / "codebook.yml"
    edit(path, "definition: Somebody counted something.", "definition: Somebody counted it.")
    edit(
        path,
        "\ngap_kinds:",
        "  - slug: dreamt\n    name: Dreamt\n    definition: Nobody did anything.\n\ngap_kinds:",
    )
    edit(path, "addressed: Says how, and how far it helps.", "addressed: Says how far it helps.")


def turn_the_codebook(data: Path) -> None:
    path = data / "codebook.yml"
    first = "  - slug: measured\n    name: Measured\n    definition: Somebody counted something.\n"
    edit(path, first, "")
    edit(path, "\ngap_kinds:", f"{first}\ngap_kinds:")


def add_a_vector(data: Path) -> None:
    edit(
        data / "codebook.yml",
        "\nmarginal_risk_step:",
        "  - slug: false_bells\n    name: False bells\n    definition: Bells.\n\n"
        "marginal_risk_step:",
    )


def agreement(counted: str, pairs: int, before: str, now: str) -> list[str]:
    """Return the lines before and now, from per cent, kappa and alpha."""
    lines = []
    for when, figures in (("before", before), ("now", now)):
        same, kappa, alpha = figures.split()
        lines.append(
            f"  {when}: {counted} judged by two coders or more, {pairs} pairs of judgements: same"
            f" level in {same} %, weighted kappa {kappa}, Krippendorff's alpha {alpha}."
        )
    return lines


EDITS: dict[Callable[[Path], None], dict[str, list[str]]] = {
    recode: {
        "Headline": [
            "now: “For 2 of 3 misuse vectors, the evidence on marginal risk is partial: forged"
            " letters (open models against goose quills: more) and robot calls.”",
            "  before: “For 1 of 3 misuse vectors, the evidence on marginal risk is partial: forged"
            " letters (open models against goose quills: more).”",
            "gone: “For 1 of 3 misuse vectors, coders disagree on the evidence on marginal risk:"
            " robot calls.”",
        ],
        "Cells of the map": [f"{ROBOTS}: Contested → Partial"],
        "Gaps changed": [f"{ROBOTS}: Contested (in our reading) → Partial only (in our reading)"],
        "Recoded": [
            f"{FICTIVE} for Robot calls, by Person B (invented)",
            "  Added risk: Absent → Partial (page 12; confidence: High): “The count of calls is no"
            " evidence of harm.”",
        ],
        # By hand, from the levels: 4 pairs, of which 2 agree before and 3 after.
        "Agreement": [
            "all codings",
            *agreement("2 codings, 4 steps", 4, "50.0 0.3333 0.5972", "75.0 0.5000 0.5333"),
            "  Too few for a conclusion: 2 codings by two or more coders, and 10 are the least.",
            "Added risk",
            *agreement("2 codings, 2 steps", 2, "0.0 0.0000 0.2500", "50.0 0.0000 0.0000"),
            "Robot calls",
            *agreement("1 coding, 2 steps", 2, "50.0 0.5000 0.8333", "100.0 1.0000 1.0000"),
            "Person A (invented) and Person B (invented)",
            *agreement("2 codings, 4 steps", 4, "50.0 0.3333 0.5972", "75.0 0.5000 0.5333"),
        ],
    },
    leave_a_step_open: {
        "Cells of the map": ["Forged letters, Defense: Absent → Not coded"],
        "Recoded": [
            "Invented (2020) [invented2020] for Forged letters, by Tabulated & Madeup (2024),"
            " Table 1",
            "  Defense: Absent → Not coded",
        ],
        "Gaps changed": [
            "Forged letters, Defense: Absent (in our reading) → Not coded (in our reading)"
        ],
        "Numbers": ["judgements: 14 → 13"],
    },
    give_another_reason: {
        "Reasons of codings changed": [
            f"{FICTIVE} for Robot calls, by Person B (invented)",
            "  Threat: confidence: “high” → “low”; locator: “page 11” → “page 13”; rationale: “Says"
            " who calls and with which machine.” → “Tells who calls and with which machine.”",
        ],
    },
    add_a_study: {
        "Studies added": [
            "Zero (2024) [zero2024]: “Calls”",
            "  Zero, Abe. 2024-02. Nowhere Preprints. 10.5555/zero.2024",
        ],
        "Headline": [
            "now: “3 of 6 studies found are coded; none of them addresses all 3 steps.”",
            "  before: “3 of 5 studies found are coded; none of them addresses all 3 steps.”",
            "now: “7 of 8 gaps of the map are in our reading, not shown to be in the literature: 3"
            " studies found are not coded yet.”",
            "  before: “7 of 8 gaps of the map are in our reading, not shown to be in the"
            " literature: 2 studies found are not coded yet.”",
        ],
        "Studies found": [
            "Zero (2024) [zero2024] for Robot calls: Candidate",
            "  found via “A search that nobody made”",
        ],
        "Numbers": [
            "studies in the bibliography: 6 → 7",
            "studies found: 5 → 6",
            "candidates: 1 → 2",
        ],
    },
    remove_a_study: {
        "Studies removed": [
            "Nobody (2019) [nobody2019]: “A Report That Nobody Has Coded”",
            "  Nobody, Dee. 2019. Institute of Nowhere. 10.5555/nobody.2019",
        ],
        "No longer among the studies found": [
            "Nobody (2019) [nobody2019] for Robot calls: Candidate",
            "  found via “A search that nobody made”",
        ],
    },
    correct_a_reference: {
        "References corrected": [
            "Invented & Second (2020) [invented2020]",
            "  publication date: “2020” → “2020-05”",
            "  authors: “Invented, Ada” → “Invented, Ada; Second, Bea”",
        ],
    },
    correct_what_is_not_shown: {
        "References corrected": [
            "Invented (2020) [invented2020]",
            "  BibTeX: nothing → “isbn = {5},”",
        ],
    },
    exclude: {
        "Decisions changed": [
            "Nobody (2019) [nobody2019] for Robot calls: Candidate → Excluded: Duplicate,"
            f" {FICTIVE}"
        ],
        "Gaps changed": [
            "Robot calls, Threat: Single study (in our reading) → Single study (in the literature"
            " as found)",
        ],
    },
    withdraw: {
        "Decisions changed": [
            f"{FICTIVE} for Robot calls: Included → Withdrawn",
            "  note: “The authors took it back.”",
        ],
        "Cells of the map": [
            "Robot calls, Threat: Addressed → Not coded",
            f"{ROBOTS}: Contested → Not coded",
        ],
    },
    note_the_screening: {
        "Screening corrected": [
            "Pretend (2023) [pretend2023] for Fake maps",
            "  study type: “argued” → “measured”",
        ],
    },
    code_a_study: {
        "Decisions changed": [
            "Nobody (2019) [nobody2019] for Robot calls: Candidate → Included"
        ],
        "Codings added": [
            "Nobody (2019) [nobody2019] for Robot calls, by Person A (invented)",
            "  Added risk: Addressed (page 3; confidence: Low): “By halves.”",
            "  comparison, new: Open models, compared with Goose quills: More (page 3)",
        ],
        "Cells of the map": [f"{ROBOTS}: Contested → Addressed"],
        "Gaps changed": [
            f"{ROBOTS}: Contested (in our reading) → Single study (in the literature as found)"
        ],
    },
    remove_a_coding: {
        "Codings removed": [
            "Pretend (2023) [pretend2023] for Fake maps, by Toy model 0.1",
            "  Threat: Addressed",
            "  Added risk: Absent",
            "  comparison, gone: Open models, compared with Closed models: Less (page 3)",
            "  comparison, gone: Closed models, compared with Goose quills: No difference (page 2)",
        ],
    },
    add_a_coder: {
        "Coders added": [
            "person_c (Person C (invented))",
            "  name: “Person C (invented)”",
            "  kind: “person”",
        ],
        "Coders changed": [
            "toy_model (Toy model 0.2)",
            "  name: “Toy model 0.1” → “Toy model 0.2”",
        ],
    },
    tell_people_apart: {
        "Names of people added": [
            "Pretend, Eve and Nobody, Dee",
            "  same: “no”",
            "  reason: “They are two people.”",
        ],
    },
    search_again: {
        "Searches added": [
            "Index of Nowhere, 2024-05: “calls”",
            "  kind: “systematic”",
            "  hits: “3”",
            "  searched by: “Person A (invented)”",
        ],
        "Searches changed": [
            "Index of Nowhere, 2024-03-01: “robots AND (calls OR \"fake maps\")”",
            "  hits: “12” → “13”",
        ],
    },
    change_the_codebook: {
        "Terms of the codebook added": [
            "study types: dreamt (Dreamt)",
            "  name: “Dreamt”",
            "  definition: “Nobody did anything.”",
        ],
        "Terms of the codebook changed": [
            "study types: measured (Measured)",
            "  definition: “Somebody counted something.” → “Somebody counted it.”",
        ],
        "Coding rules changed": [
            "Defense, Addressed",
            "  rule: “Says how, and how far it helps.” → “Says how far it helps.”",
        ],
    },
    turn_the_codebook: {
        "Order of the codebook": [
            "study types",
            "  order: “measured, argued” → “argued, measured”",
        ],
    },
    add_a_vector: {
        "Terms of the codebook added": [
            "misuse vectors: false_bells (False bells)",
            "  name: “False bells”",
            "  definition: “Bells.”",
        ],
        "Cells of the map": [
            f"False bells, {step}: not on the map → No study found"
            for step in ("Threat", "Added risk", "Defense")
        ],
        "Gaps opened": [
            f"False bells, {step}: No study found (in our reading)"
            for step in ("Added risk", "Threat", "Defense")
        ],
    },
}  # fmt: skip
WHOLE = frozenset({recode, give_another_reason, add_a_study, correct_a_reference, add_a_coder,
                   correct_what_is_not_shown, note_the_screening, search_again, tell_people_apart,
                   change_the_codebook, turn_the_codebook})  # fmt: skip
"""Edits of which every section is expected, and no other may appear."""


def reversed_of(rows: tuple[RowChange, ...]) -> list[RowChange]:
    return sorted((RowChange(r.key, r.after, r.before) for r in rows), key=repr)


def assert_reversed(there: Changes, back: Changes) -> None:
    assert there.tables.keys() == back.tables.keys()
    for table, found in there.tables.items():
        other = back.tables[table]
        assert sorted(other.removed, key=repr) == reversed_of(found.added)
        assert sorted(other.added, key=repr) == reversed_of(found.removed)
        assert sorted(other.changed, key=repr) == reversed_of(found.changed)


@pytest.mark.parametrize("change", EDITS, ids=lambda change: change.__name__)
def test_a_change_is_told_in_the_readers_words(
    change: Callable[[Path], None], before: Snapshot, tiny: Path
) -> None:
    change(tiny)
    after = snapshot_of(tiny)
    changes = compare(before, after)
    sections = sections_of(changes)
    expected = EDITS[change]
    assert {title: sections.get(title) for title in expected} == expected
    if change in WHOLE:
        assert sections.keys() == expected.keys()
    assert not changes.is_empty
    assert_reversed(changes, compare(after, before))
    assert compare(after, after).is_empty


def test_the_same_data_says_so(before: Snapshot) -> None:
    changes = compare(before, before)
    words = "Nothing changes: the data is the same."
    assert as_text(changes) == f"What changes on the map. From tiny to tiny.\n{words}"
    assert as_markdown(changes).endswith(f"\n\n{words}")
    assert as_json(changes)["is_empty"] is True
    assert as_json(changes)["is_same_data"] is True


def test_another_form_of_the_same_data_is_no_change(before: Snapshot, tiny: Path) -> None:
    for name in ("studies.csv", "rationales.csv", "comparisons.csv", "screening.csv", "coders.csv"):
        head, *rows = (tiny / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (tiny / name).write_text("".join([head, *reversed(rows)]), encoding="utf-8")
    edit(
        tiny / "codebook.yml",
        "levels:\n  - slug: addressed",
        "# Note.\nlevels:\n  - slug: addressed",
    )
    edit(tiny / "bib" / "invented.bib", "  year = {2019},\n", "")
    edit(
        tiny / "bib" / "invented.bib",
        "author = {Nobody, Dee}",
        "year = {2019},\n      author = {Nobody, Dee}",
    )
    changes = compare(before, snapshot_of(tiny))
    assert changes.is_empty
    assert as_text(changes).endswith(
        "\nNothing changes: the files differ in form only (order, layout, comments, or the file"
        " that holds an entry)."
    )
    assert as_json(changes)["is_same_data"] is False


def test_long_lists_and_long_texts_are_bounded(before: Snapshot, tiny: Path) -> None:
    rows = "".join(f"p{n},Person {n} {'x' * 400},person,,,\n" for n in range(MAX_ENTRIES + 3))
    add(tiny / "coders.csv", rows)
    text = as_text(compare(before, snapshot_of(tiny)))
    assert f"Coders added ({MAX_ENTRIES + 3})\n" in text
    assert text.endswith("\n  and 3 more")
    assert max(map(len, text.splitlines())) < 350


def test_json_holds_the_rows_and_what_differs(before: Snapshot, tiny: Path) -> None:
    recode(tiny)
    add_a_coder(tiny)
    changes = as_json(compare(before, snapshot_of(tiny)))
    assert changes["format"] == 1
    assert changes["base"]["name"] == "tiny"
    assert changes["cells"]["changed"] == [
        {
            "misuse_vector": "robot_calls",
            "step": "added_risk",
            "fields": {"state": {"from": "contested", "to": "partial"}},
        }
    ]
    added = changes["coders"]["added"]
    assert [(row["coder"], row["kind"], row["url"]) for row in added] == [
        ("person_c", "person", None)
    ]
    assert changes["judgements"]["changed"][0]["fields"] == {
        "level": {"from": "absent", "to": "partial"}
    }


def test_every_table_of_the_json_is_documented(before: Snapshot) -> None:
    from marginal_risk.contribute.changes import rendering  # noqa: PLC0415

    printed = as_json(compare(before, before))
    assert [key for key in printed if f"``{key}``" not in str(rendering.__doc__)] == []


WORDS = st.sampled_from(["a", "b", "study_types", "levels"])


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Draw rows for tables with a key of one, two and four columns; the terms have an order."""
    tables: dict[str, Rows] = {table: {} for table in KEYS}
    for table in ("coders", "terms", "judgements"):
        keys = draw(st.lists(st.tuples(*[WORDS] * len(KEYS[table])), max_size=3, unique=True))
        tables[table] = {key: {"x": draw(st.none() | WORDS)} for key in keys}
    return Snapshot("name", None, "version", tables, {})


@given(snapshots())
def test_nothing_differs_from_itself(snapshot: Snapshot) -> None:
    assert compare(snapshot, snapshot).is_empty


@given(snapshots(), snapshots())
def test_the_way_back_swaps_added_and_removed_and_before_and_after(
    one: Snapshot, other: Snapshot
) -> None:
    assert_reversed(compare(one, other), compare(other, one))


@given(snapshots(), snapshots())
def test_the_changes_lead_from_one_state_to_the_other(one: Snapshot, other: Snapshot) -> None:
    changes = compare(one, other)
    for table, columns in KEYS.items():
        rows = dict(one.tables[table])
        for change in changes.tables[table].all:
            key = tuple(change.key[column] for column in columns)
            assert rows.pop(key, None) == change.before
            if change.after is not None:
                rows[key] = change.after
        assert rows == other.tables[table]
