"""A coding that somebody offers: what it says, whether it would do, and what it would change.

One implementation for whoever takes codings, such as the form on the site: what it accepts, a
pull request accepts, because the answers are put into the form of the sheets and read from there.
"""

from marginal_risk.contribute.coding.answers import Answers, Judged, read_answers
from marginal_risk.contribute.coding.findings import Finding
from marginal_risk.contribute.coding.proposal import Proposal, propose
from marginal_risk.contribute.coding.writing import changed_files, new_lines

__all__ = [
    "Answers",
    "Finding",
    "Judged",
    "Proposal",
    "changed_files",
    "new_lines",
    "propose",
    "read_answers",
]
