"""A proposal laid over a database says what a database that is built with the coding says."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from changes_of import snapshot_of
from marginal_risk.check.corpus import read_corpus
from marginal_risk.contribute.changes.snapshot import read_snapshot
from marginal_risk.contribute.coding.answers import Answers, ComparisonAnswer, StepAnswer
from marginal_risk.contribute.coding.overlay import lay_over, measure_agreement
from marginal_risk.contribute.coding.proposal import propose
from marginal_risk.publish.queries import open_database
from offered import ANSWERS, BIBTEX, TODAY, offer, take

ROBOTS = Answers(
    study="fictive2022",
    misuse_vector="robot_calls",
    coder="person_c",
    coder_name="Person C (invented)",
    coded_on="2024-12-31",
    steps={
        "threat": StepAnswer("absent", "low", "page 1", "Names nobody who calls."),
        "added_risk": StepAnswer("addressed", "high", "page 2", "Counts calls with and without."),
    },
    comparisons=(ComparisonAnswer("goose_quills", "open", "more", "", "page 2"),),
)
EDITED = (
    BIBTEX.replace("@article", "@book")
    .replace(
        "author = {Unheard, Ida}",
        "author = {Invented, Ada and {Institute of Nowhere} and Unheard, Ida},\n"
        "  editor = {Unheard, Ida and Other, Olga}",
    )
    .replace("journal", "publisher")
)
OFFERED = {
    "a new study": ANSWERS,
    "a new study with known and new people": replace(ANSWERS, bibtex=EDITED),
    "a third coder of a study": ROBOTS,
    "a consensus": replace(
        ROBOTS, coder="consensus_c", coder_kind="consensus", settled_by="person_a"
    ),
    "a study for a second vector": replace(ROBOTS, misuse_vector="fake_maps"),
    "a candidate": replace(
        ROBOTS, study="nobody2019", misuse_vector="robot_calls", study_type="argued"
    ),
}


@pytest.mark.parametrize("answers", OFFERED.values(), ids=OFFERED)
def test_it_says_what_a_build_with_the_coding_says(
    tiny: Path, database: Path, answers: Answers
) -> None:
    proposal = offer(tiny, answers)
    assert proposal.is_sound, list(map(str, proposal.findings))
    with closing(open_database(database)) as connection:
        before = read_snapshot(connection, "data")
        lay_over(connection, proposal)
        measure_agreement(connection)
        laid_over = read_snapshot(connection, "data")
    take(tiny, answers)
    built = snapshot_of(tiny)
    assert laid_over.tables == built.tables
    assert laid_over.names == built.names
    assert laid_over.tables != before.tables


def test_every_view_reads_the_new_rows(tiny: Path, database: Path) -> None:
    with closing(open_database(database)) as connection:
        lay_over(connection, offer(tiny, ROBOTS))
        views = "select name from {} where type = 'view'"
        hidden = {name for (name,) in connection.execute(views.format("sqlite_master"))}
        laid = {name for (name,) in connection.execute(views.format("sqlite_temp_master"))}
        assert hidden < laid
        find = "select count(*) from independent_judgements where coder = 'person_c'"
        assert connection.execute(find).fetchone()[0] == 2


def test_answers_with_errors_are_not_laid_over(tiny: Path, database: Path) -> None:
    proposal = propose(read_corpus(tiny, TODAY).records, Answers(), TODAY)
    with (
        closing(open_database(database)) as connection,
        pytest.raises(ValueError, match="errors"),
    ):
        lay_over(connection, proposal)
