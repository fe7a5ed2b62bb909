"""What a browser posted -> answers; and which field of the form each answer stands in."""

from collections.abc import Iterable
from dataclasses import fields
from urllib.parse import parse_qsl

from marginal_risk.contribution import Answers, Finding, Judged
from marginal_risk.contribution.answers import TEXTS

LONGEST_POST = 64_000
"""Bytes of a post; the longest coding is a small part of it."""
_MOST_FIELDS = 500
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


def field_of(finding: Finding) -> str:
    """Return the id of the field that a finding is about; the form has no other ids."""
    if finding.step:
        name = finding.field if finding.field in JUDGED else "level"
        return f"{name}-{finding.step}"
    return finding.field if finding.field in TEXTS else "answers"
