"""What a browser posted -> answers; and the field of the form that each answer comes from."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any
from urllib.parse import parse_qsl

from datasette import Request
from datasette.utils.asgi import BadRequest
from datasette.utils.multipart import MultipartParseError, UploadedFile

from marginal_risk.contribute.coding.answer_problems import AnswerProblem
from marginal_risk.contribute.coding.answers import (
    TEXTS,
    Answers,
    ComparisonAnswer,
    StepAnswer,
    comparison_part,
    number_of_part,
    read_answers,
)

MAX_POST_BYTES = 64_000
"""Most bytes of a post; no coding comes near that."""
TOO_LONG = (
    f"The answers have more than {MAX_POST_BYTES} bytes. Go back in your browser, where they still "
    "stand, and shorten the longest one: an entry needs no abstract, for instance."
)
_MAX_FIELDS = 500
_LONGEST_SEARCH = 300
UPLOADED = "answers_file"
"""Name of the form's field for a file of answers."""
STEP_FIELDS = tuple(f.name for f in fields(StepAnswer) if f.name != "passage")
COMPARISON_FIELDS = tuple(f.name for f in fields(ComparisonAnswer))
MOST_COMPARISONS = 20
"""Most comparisons of a form; a file of answers takes any number."""


def read_post(body: bytes, steps: Iterable[str]) -> Answers:
    """Return the answers of a posted form; other fields are ignored.

    Raises:
        ValueError: the post has more fields than the form.
    """
    text = body.decode("utf-8", "replace")
    given = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS))

    def told(names: Iterable[str], part: str = "") -> dict[str, str]:
        return {name: given.get(f"{name}{part}", "").replace("\0", "") for name in names}

    rows = [
        ComparisonAnswer(**told(COMPARISON_FIELDS, f"-{comparison_part(number)}"))
        for number in range(1, MOST_COMPARISONS + 1)
    ]
    found: dict[str, Any] = told(TEXTS)
    return Answers(
        **found,
        steps={step: StepAnswer(**told(STEP_FIELDS, f"-{step}")) for step in steps},
        comparisons=tuple(row for row in rows if any(map(str.strip, vars(row).values()))),
    )


def read_search(body: bytes) -> tuple[str, str]:
    """Return the words that somebody looks for a study by, and the key of the one chosen.

    Both are empty where the form is posted to be checked.
    """
    text = body.decode("utf-8", "replace")
    given = dict(parse_qsl(text, max_num_fields=_MAX_FIELDS))
    words = given.get("find", "").replace("\0", "").strip()[:_LONGEST_SEARCH]
    return (words if "search" in given else ""), given.get("found", "").replace("\0", "")


def is_upload(request: Request) -> bool:
    """Tell whether a post is a file of answers, not the fields of the form."""
    content_type: str = request.headers.get("content-type", "")
    return content_type.lower().startswith("multipart/form-data")


async def read_upload(request: Request) -> Answers:
    """Return the answers from the file in a post.

    Raises:
        ValueError: no file was chosen, or it cannot be read; the message says why.
    """
    limits = {
        "max_file_size": MAX_POST_BYTES,
        "max_request_size": 2 * MAX_POST_BYTES,
        "max_files": 1,
    }
    try:
        async with await request.form(files=True, max_fields=_MAX_FIELDS, **limits) as form:
            file = form.get(UPLOADED)
            if not isinstance(file, UploadedFile) or not file.filename:
                raise ValueError("No file was chosen.")
            text = (await file.read()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError("The file is not UTF-8 text.") from error
    except (BadRequest, MultipartParseError) as error:
        raise ValueError(f"The file cannot be taken: {error}.") from error
    try:
        answers = read_answers(text)
    except ValueError as error:
        raise ValueError(f"This is no file of answers: {error}.") from error
    return answers


def field_of(finding: AnswerProblem) -> str:
    """Return the id of the form's field that a finding is about."""
    if number_of_part(finding.step):
        return f"{finding.field}-{finding.step}"
    if finding.step:
        name = finding.field if finding.field in STEP_FIELDS else "level"
        return f"{name}-{finding.step}"
    return finding.field if finding.field in TEXTS else "answers"
