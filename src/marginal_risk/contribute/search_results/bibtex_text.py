"""Plain text and names -> BibTeX that shows exactly that text, whatever it holds."""

import re

from marginal_risk.read.bibliography.latex import tidy

_ESCAPES = str.maketrans(
    {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",  # BibTeX also counts braces that follow a backslash
        "}": r"{\textbraceright}",
        "$": r"\$",
        "&": r"\&",
        "%": r"\%",
        "#": r"\#",
        "_": r"\_",
        "~": r"{\textasciitilde}",
        "^": r"\^{}",
        "\uffff": None,  # not a character; the parser of entries uses it as a mark
    }
)
# Characters that LaTeX would join into a dash, a quotation mark or an inverted ? or !.
_JOINED = re.compile(r"(?<=-)-|(?<=')'|(?<=[`?!])`")
# An @ that would look like the start of another entry.
_AT = re.compile(r"@(?=\s*[^\s@{}(),=]+\s*[{(\\])")
_SUFFIX = re.compile(r"(?:jn?r|sn?r|i{1,3}|iv|vi{0,3})\.?", re.IGNORECASE)
_SPLITS_NAMES = re.compile(r"[,;&]|\band\b|\bet\.? al\b|^others$", re.IGNORECASE)
# Words that mark a name without a comma as that of an organization.
_BODY = re.compile(
    r"\b(?:of|for|the|and|de|agency|association|center|centre|commission|committee|company"
    r"|consortium|corporation|council|department|foundation|gmbh|group|inc|initiative|institute"
    r"|lab|labs|laboratory|ltd|ministry|network|office|organi[sz]ation|project|society|team"
    r"|union|university)\b",
    re.IGNORECASE,
)


def to_latex(text: str) -> str:
    """Return LaTeX that shows ``text`` in one line, without characters that do not print."""
    plain = tidy(text.replace("\uffff", ""))
    return _AT.sub("{@}", _JOINED.sub(r"{}\g<0>", plain.translate(_ESCAPES)))


def body(name: str) -> str:
    """Return the name of an organization in braces, so that BibTeX does not split it."""
    return f"{{{to_latex(name)}}}"


def person(family: str, given: str = "", particle: str = "", suffix: str = "") -> str:
    """Return the name of a person as BibTeX writes it: 'von Family, Jr, Given'."""
    if suffix and not _SUFFIX.fullmatch(suffix.strip()):
        given, suffix = f"{given} {suffix}", ""
    family = " ".join(filter(None, (_part(particle), _part(family))))
    return ", ".join(filter(None, (family, _part(suffix), _part(given))))


def name(text: str) -> str:
    """Return a name as BibTeX writes it, from 'Family, Given, Jr' or a name without commas.

    Without a comma, a name with initials or of two or three plain words is that of a person.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > 1 and any(parts[1:]):
        family, given, *suffix = parts
        return person(family, given, suffix=" ".join(suffix)) if family else body(text)
    words = parts[0].split()
    has_initials = any(re.fullmatch(r"(?:\w\.-?)+", word) for word in words[:-1])
    if has_initials or (2 <= len(words) <= 3 and not _BODY.search(text)):
        return person(words[-1], " ".join(words[:-1]))
    return body(parts[0])


def _part(text: str) -> str:
    text = tidy(text)
    return f"{{{to_latex(text)}}}" if _SPLITS_NAMES.search(text) else to_latex(text)
