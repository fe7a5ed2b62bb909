"""DOI, arXiv identifier, address, date: the same whichever way an entry writes them."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

_DOI_PREFIX = re.compile(r"^\s*(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_ARXIV_NEW = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_ARXIV_OLD = r"[a-z-]+(?:\.[A-Z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3}"
_ARXIV = re.compile(rf"(?P<id>{_ARXIV_NEW}|{_ARXIV_OLD})(?:v\d+)?")
_ARXIV_IN_TEXT = re.compile(
    rf"(?:arxiv\.org/(?:abs|pdf|html)/|arxiv[:.]\s*)(?P<id>{_ARXIV_NEW}|{_ARXIV_OLD})",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[^\s{}<>\"\\]+", re.IGNORECASE)
_DATE = re.compile(r"(?P<year>-?\d{4})(?:-(?P<month>\d\d))?(?:-(?P<day>\d\d))?[?~%]?")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def read_doi(text: str) -> str | None:
    """Return the bare DOI in lower case, out of a bare one, ``doi:`` or a doi.org address."""
    bare = _DOI_PREFIX.sub("", text).strip()
    if bare != text.strip():
        bare = unquote(bare)
    return bare.lower() if _DOI.fullmatch(bare) else None


def is_doi_address(url: str) -> bool:
    """Tell whether an address is one of doi.org."""
    return bool(re.match(r"https?://(dx\.|www\.)?doi\.org/", url, re.IGNORECASE))


def read_arxiv_id(text: str) -> str | None:
    """Return the arXiv identifier without a version; None where the text is not one."""
    bare = re.sub(r"^\s*arxiv:\s*", "", text, flags=re.IGNORECASE).strip()
    match = _ARXIV.fullmatch(bare)
    return match["id"] if match else None


def find_arxiv_id(text: str) -> str | None:
    """Return the first arXiv identifier that a text names, as an address or after 'arXiv:'."""
    match = _ARXIV_IN_TEXT.search(text)
    return match["id"] if match else None


def is_safe_url(text: str) -> bool:
    """Tell whether an address is http or https, has a host, and hides nothing.

    White space, control characters, quotes, angle brackets, user names and back slashes are
    refused: none belongs into a published link.
    """
    if re.search(r"[\s<>\"'`\\^{}|\x00-\x1f\x7f]", text):
        return False
    try:
        parts = urlsplit(text)
        host = parts.hostname
        parts.port  # noqa: B018  (raises on a port that is no number)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and "@" not in parts.netloc


def find_url(text: str) -> str | None:
    """Return the first http or https address in a text."""
    match = _ADDRESS.search(text)
    return match.group().rstrip(".,;)") if match else None


def read_date(text: str) -> str | None:
    """Return YYYY, YYYY-MM or YYYY-MM-DD from an ISO or biblatex date; a range gives its start.

    None where the text is no such date. The year may be negative, as biblatex allows.
    """
    start = text.strip().split("/")[0].split("T")[0].strip()
    match = _DATE.fullmatch(start)
    if not match:
        return None
    month, day = match["month"], match["day"]
    if month and not "01" <= month <= "12":
        month = day = None  # biblatex seasons, 21 to 24, are no month
    if day and not "01" <= day <= "31":
        return None
    return "-".join(part for part in (match["year"], month, day) if part)


def read_month(text: str) -> str | None:
    """Return a month, from a number, a name or a BibTeX macro, as two digits."""
    word = text.strip().strip(".").lower()
    if word.isdecimal() and 1 <= int(word) <= 12:
        return f"{int(word):02d}"
    for number, name in enumerate(_MONTHS, start=1):
        if word.startswith(name):
            return f"{number:02d}"
    return None


def normalise_title(title: str) -> str:
    """Return a title's letters and digits in lower case, for comparing titles."""
    return " ".join(_words(title))


def _words(text: str) -> Iterator[str]:
    for word in re.findall(r"\w+", text.casefold()):
        yield word.replace("_", "")
