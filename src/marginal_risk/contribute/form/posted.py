"""What a browser posted -> answers; and which field of the form each answer stands in."""

from collections.abc import Iterable
from dataclasses import fields
from urllib.parse import parse_qsl

from datasette import Request
from datasette.utils.asgi import BadRequest
from datasette.utils.multipart import MultipartParseError, UploadedFile

from marginal_risk.contribute.coding import Answers, Finding, Judged, read_answers
from marginal_risk.contribute.coding.answers import TEXTS

LONGEST_POST = 64_000
"""Bytes of a post; the longest coding is a small part of it."""
TOO_LONG = (
    f"The answers have more than {LONGEST_POST} bytes. Go back in your browser, where they still "
    "stand, and shorten the longest one: an entry needs no abstract, for instance."
)
_MOST_FIELDS = 500
UPLOADED = "answers_file"
"""Name of the field for a file of answers."""
JUDGED = tuple(f.name for f in fields(Judged))


def read_post(body: bytes, steps: Iterable[str]) -> Answers:
    """Return the answers of a posted form; what is no field of it is left out.

    Raises:
        ValueError: the post has more fields than any form.
    """
    text = body.decode("utf-8", "replace")
    given = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    return Answers(
        **{name: given.get(name, "").replace("\0", "") for name in TEXTS},
        steps={
            step: Judged(
                **{name: given.get(f"{name}-{step}", "").replace("\0", "") for name in JUDGED}
            )
            for step in steps
        },
    )


def is_upload(request: Request) -> bool:
    """Tell whether a post brings a file, and not the fields of the form."""
    content_type: str = request.headers.get("content-type", "")
    return content_type.lower().startswith("multipart/form-data")


async def read_upload(request: Request) -> Answers:
    """Return the answers in the file of a post.

    Raises:
        ValueError: there is no such file, or it is too long; the text says why.
    """
    limits = {"max_file_size": LONGEST_POST, "max_request_size": 2 * LONGEST_POST, "max_files": 1}
    try:
        async with await request.form(files=True, max_fields=_MOST_FIELDS, **limits) as form:
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


def field_of(finding: Finding) -> str:
    """Return the id of the field that a finding is about; the form has no other ids."""
    if finding.step:
        name = finding.field if finding.field in JUDGED else "level"
        return f"{name}-{finding.step}"
    return finding.field if finding.field in TEXTS else "answers"
