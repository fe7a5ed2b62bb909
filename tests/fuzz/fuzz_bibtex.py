"""Look for BibTeX that breaks the reader, guided by which lines of code each input reaches.

Not part of ``make test``, and its tool is not among the dependencies: install ``atheris`` beside
the project, then run ``python tests/fuzz/fuzz_bibtex.py FOLDER -max_total_time=600``. The folder
keeps the inputs that reached something new. What is promised: any bytes are decoded or told, no
text raises, and every block is read, reported or a comment.
"""

import sys
from datetime import date

import atheris

with atheris.instrument_imports(include=["marginal_risk", "bibtexparser"]):
    from marginal_risk.check.block_counts import account_for
    from marginal_risk.read.bibliography import BibFile, read_references
    from marginal_risk.read.encoding import decode_bibtex

TODAY = date(2026, 1, 1)


def try_input(content: bytes) -> None:
    """Read one file."""
    decoded = decode_bibtex(content, "a.bib")
    if decoded.text is None:
        assert decoded.problems
        return
    files = [BibFile("a.bib", decoded.text)]
    bibliography = read_references(files, TODAY)
    (account,) = account_for(files, bibliography)
    assert account.adds_up, account


if __name__ == "__main__":
    atheris.Setup(sys.argv, try_input)
    atheris.Fuzz()
