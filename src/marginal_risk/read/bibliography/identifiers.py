"""DOI, arXiv identifier, address and title, in one form for all the ways of writing them."""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

_DOI_ADDRESS = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/", re.IGNORECASE)
_DOI_LABEL = re.compile(r"(?:(?:urn|info):)?doi(?:\s*[:/=]\s*|\s+)", re.IGNORECASE)
# A publisher's address with a DOI in it, or that of a library's proxy for doi.org.
_OTHER_DOI_ADDRESS = re.compile(
    r"https?://(?:doi\.[^/\s]+/|[^/\s]*\bdoi[.-]org\b[^/\s]*/|[^/\s]+/doi/(?:[a-z]+/){0,2}"
    r"|link\.springer\.com/[a-z]+/|journals\.plos\.org/[a-z]+/article\?id=)"
    r"(10\.[0-9]{4,9}/[^\s?#]+)(?:[?#]\S*)?",
    re.IGNORECASE,
)
_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")
# One in which nothing is to be looked at twice, as in most.
_PLAIN_DOI = re.compile(r"10\.[0-9]{4,9}/[a-z0-9._/()-]*[a-z0-9)]")
_ARXIV_ID = (
    r"(?P<id>[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}"
    r"|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3})(?:v[0-9]+)?"
)
# An identifier alone, or with its version and its class: 'arXiv:2403.07918v2 [cs.CY]'.
_ARXIV = re.compile(rf"(?:arxiv:\s*)?{_ARXIV_ID}(?:\s*\[[\w.-]+\])?", re.IGNORECASE)
# DBLP writes the volume of its journal 'CoRR' as 'abs/2403.07918'.
_ARXIV_IN_TEXT = re.compile(
    rf"(?:arxiv\.org/(?:abs|pdf|html|format)/|arxiv[:.]\s*|^abs/){_ARXIV_ID}(?![0-9])",
    re.IGNORECASE,
)
_WORDS_ONLY = bytes(code if chr(code).isalnum() else ord(" ") for code in range(128)) * 2
_ADDRESS = re.compile(r"https?://[^\s{}<>\"\\]+", re.IGNORECASE)
# One in which nothing is to be looked at twice, as in most.
_PLAIN_ADDRESS = re.compile(
    r"https?://[a-z0-9-]++(?:\.[a-z0-9-]++)*+(?:/[\w.~/?=&#%+,-]*+)?", re.ASCII
)
# White space within an address, as where a long one is broken at the end of a line.
_BLANK = re.compile(r"(?<!\s)\s++(?!https?:)", re.IGNORECASE)
_MENDELEY_END = re.compile(r"%5Cn(?=https?://)", re.IGNORECASE)
_NEXT_ADDRESS = re.compile(r"[;,]?(?<!\s)\s++(?=https?:)", re.IGNORECASE)


def read_doi(text: str) -> str | None:
    """Return the bare DOI in lower case, from a bare DOI, ``doi:`` or an address that holds one."""
    if _PLAIN_DOI.fullmatch(text):
        return text
    text = text.strip()
    label = _DOI_LABEL.match(text)
    bare = text = text[label.end() :] if label else text
    if is_doi_address(text):
        bare = unquote(_DOI_ADDRESS.sub("", text, count=1))
    elif match := _OTHER_DOI_ADDRESS.fullmatch(text):
        bare = unquote(match[1])
    bare = bare.rstrip(".,;")  # they end a sentence, and no DOI
    return bare.lower() if _DOI.fullmatch(bare) and bare.isprintable() else None


def is_doi_address(url: str) -> bool:
    """Tell whether an address is one of doi.org."""
    return bool(_DOI_ADDRESS.match(url))


def read_arxiv_id(text: str) -> str | None:
    """Return the arXiv identifier without a version; None where the text is not one."""
    match = _ARXIV.fullmatch(text.strip())
    return match["id"] if match else None


def find_arxiv_id(text: str) -> str | None:
    """Return the first arXiv identifier that a text names, as an address or after 'arXiv:'."""
    plain = text.lower()
    if "arxiv" not in plain and not plain.startswith("abs/"):
        return None
    match = _ARXIV_IN_TEXT.search(text)
    return match["id"] if match else None


def is_safe_url(text: str) -> bool:
    """Tell whether an address is http or https, has a host, and hides nothing.

    White space, unprintable characters, quotes, angle brackets, user names and backslashes are
    refused: none belongs in a published link.
    """
    if _PLAIN_ADDRESS.fullmatch(text):
        return True
    if not text.startswith(("http://", "https://")) or not text.isprintable():
        return False
    if re.search(r"[\s<>\"'`\\^{}|]", text):
        return False
    try:
        parts = urlsplit(text)
        host = parts.hostname
        parts.port  # noqa: B018  (raises on a port that is no number)
    except ValueError:
        return False
    return bool(host) and "@" not in parts.netloc


def read_url(text: str) -> str | None:
    """Return a safe address with its scheme in lower case; of several, the first.

    A field may hold several addresses with semicolons between them, or one that begins with
    'www.'. None where one of them is not safe.
    """
    if _PLAIN_ADDRESS.fullmatch(text):
        return text
    lines = _BLANK.sub(lambda blank: "" if "\n" in blank.group() else blank.group(), text.strip())
    lines = _MENDELEY_END.sub(" ", lines)
    found = [_with_scheme(address) for address in _NEXT_ADDRESS.split(lines)]
    return found[0] if all(map(is_safe_url, found)) else None


def _with_scheme(address: str) -> str:
    scheme, colon, rest = address.partition(":")
    if scheme.lower() in ("http", "https"):
        return f"{scheme.lower()}{colon}{rest}"
    return f"http://{address}" if address[:4].lower() == "www." else address


def find_url(text: str) -> str | None:
    """Return the first http or https address in a text, without the punctuation behind it."""
    match = _ADDRESS.search(text)
    if not match:
        return None
    address = match.group().rstrip(".,;:'")
    is_open = address.count("(") >= address.count(")")
    return address if is_open else address.rstrip(").,;:'")


def normalise_title(title: str) -> str:
    """Return a title's letters and digits in lower case and without accents, for comparing."""
    plain = title.casefold()
    if plain.isascii():  # as most titles are: the same, and faster
        return " ".join(plain.encode().translate(_WORDS_ONLY).decode().split())
    plain = unicodedata.normalize("NFKD", plain)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", plain))
