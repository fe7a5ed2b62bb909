"""A coding that somebody offers: its answers, what is wrong with them, and the files they change.

The form on the site and the command line both use this. Answers become rows of the sheets and
are checked as such, so what is accepted here passes the checks of a pull request, too.
"""

from marginal_risk.contribute.coding.answer_problems import AnswerProblem
from marginal_risk.contribute.coding.answers import (
    Answers,
    ComparisonAnswer,
    StepAnswer,
    merge_answers,
    read_answers,
)
from marginal_risk.contribute.coding.file_changes import changed_files, new_lines
from marginal_risk.contribute.coding.proposal import Proposal, is_second_coding, propose

__all__ = [
    "AnswerProblem",
    "Answers",
    "ComparisonAnswer",
    "Proposal",
    "StepAnswer",
    "changed_files",
    "is_second_coding",
    "merge_answers",
    "new_lines",
    "propose",
    "read_answers",
]
