"""The passages that answers quote, looked up in the text of the study.

A passage is found whatever its lines, hyphens at their ends, ligatures and kinds of quotation
marks: such things differ between a page and its text. It is stored nowhere.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from marginal_risk.contribute.coding.answers import Answers

# What a text extracted from pages has or lacks at random: spaces, and hyphens and dashes.
_DROPPED = re.compile(r"[\s\u00ad\u200b-\u200d\u2010-\u2015\u2060\u2212\ufeff_-]+")
_QUOTES = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032`", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
)


@dataclass(frozen=True)
class Passage:
    """The passage of one step."""

    step: str
    text: str
    is_found: bool


def look_up_passages(answers: Answers, text: str) -> Iterator[Passage]:
    """Yield each passage that the answers quote, and whether the text has it."""
    plain = _plain(text)
    for step, answer in answers.steps.items():
        if wanted := _plain(answer.passage):
            yield Passage(step, answer.passage, wanted in plain)


def _plain(text: str) -> str:
    """Return the letters and marks of a text, without what a page does to them."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text).translate(_QUOTES))


def read_text(path: Path) -> str:
    """Return the text of a file: UTF-8, or the pages of a PDF.

    Raises:
        ValueError: it cannot be read; the message says why.
        ImportError: it is a PDF, and pypdf is not installed.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    if content.startswith(b"%PDF-"):
        return _read_pdf(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is neither UTF-8 text nor a PDF") from error


def _read_pdf(path: Path) -> str:
    import pypdf  # noqa: PLC0415  (an extra that only this needs)

    try:
        with pypdf.PdfReader(path) as reader:
            return "\n".join(page.extract_text() for page in reader.pages)
    except Exception as error:
        raise ValueError(f"{path} is a PDF that cannot be read: {error}") from error
