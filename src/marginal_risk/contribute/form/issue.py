"""The repository's form for an issue, filled in with a coding."""

from collections.abc import Sequence
from urllib.parse import urlencode

from marginal_risk.contribute.coding import Proposal
from marginal_risk.publish.page import PageContext

_LONGEST_BODY = 6000
"""Characters of an issue that an address can carry; a longer one asks for the file."""


def issue_url(
    context: PageContext, proposal: Proposal, lines: Sequence[tuple[str, str]]
) -> str | None:
    """Return where to offer the coding: a new issue of the repository, filled in."""
    repository = context.setting("repository") or ""
    if not repository.startswith(("https://", "http://")):
        return None
    key = proposal.key
    blocks = (f"`data/{name}`\n\n````\n{text.rstrip()}\n````\n" for name, text in lines)
    body = "\n".join(blocks)
    if len(body) > _LONGEST_BODY:
        body = (
            "(Drag the file of answers, coding.json, into this field: it is too long for a link.)"
        )
    title = f"Coding: {key.citekey}, {key.misuse_vector}, {key.coder}"
    return f"{repository.rstrip('/')}/issues/new?{urlencode({'title': title, 'body': body})}"
