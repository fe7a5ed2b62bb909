"""How far screeners agree: measured as for coders, of decisions made without knowing the other."""

from sqlalchemy import Connection, text

from marginal_risk.records import STAGES
from marginal_risk.store.agreement import Rating, columns_of, gather, measure
from marginal_risk.store.conclusion import OF_SCREENING
from marginal_risk.store.inserting import Row, insert_rows
from marginal_risk.store.tables import ScreeningAgreement

_DECIDED = """
select citekey, misuse_vector, stage, screener, decision from screener_decisions where not settles
"""
_RANKS = {"exclude": 1, "unsure": 2, "include": 3}
"""The order of what a screener can decide."""


def load_screening_agreement(connection: Connection) -> None:
    """Store how far screeners agree, by stage."""
    insert_rows(connection, ScreeningAgreement, _screening_rows(connection))


def _screening_rows(connection: Connection) -> list[Row]:
    """Return how far screeners agree at each stage; who settled a conflict is left out."""
    items = gather(
        Rating((citekey, vector or ""), stage, screener, _RANKS[decision])
        for citekey, vector, stage, screener, decision in connection.execute(text(_DECIDED))
    )
    rows = []
    for number, stage in enumerate(STAGES, start=1):
        of_stage = [item for item in items if item.step == stage]
        figures = columns_of(measure(of_stage, OF_SCREENING))
        counts = {"screeners": figures.pop("coders"), "studies": figures.pop("codings")}
        del figures["judgements"]  # a study has one decision at a stage
        rows.append({"id": number, "stage": stage, **counts, **figures})
    return rows
