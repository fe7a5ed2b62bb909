"""Commands whose arguments stand in no braces, as plain TeX's, in the way of LaTeX."""

import re

# How far the next letter is moved, with the one blank that ends a length.
_KERN = re.compile(
    r"\\(?:kern|hskip|mkern|mskip)\s*[+-]?\s*(?:[0-9]*[.,])?[0-9]+\s*"
    r"(?:em|ex|pt|mu|mm|cm|in|pc|bp|sp) ?"
)
_VERBATIM = re.compile(r"\\(?:path|verb)\*?([^\w\s\\{}*])([^{}]{0,300}?)\1")
_NUMBER = r"(?:'(?P<octal>[0-7]{1,3})|\"(?P<hex>[0-9A-F]{1,2})|(?P<decimal>[0-9]{1,3}))\s*"
_CHAR = re.compile(rf"\\char\s*(?:`(?P<sign>\\\S|[^\s\\{{}}])|{_NUMBER})")
_ACCENT = re.compile(rf"\\accent\s*{_NUMBER}(?P<letter>\\[ij](?![A-Za-z])\s*|[A-Za-z])")
# Where TeX's fonts have the accents, and the commands for them.
_ACCENTS = {
    18: "`", 19: "'", 20: "v", 21: "u", 22: "=", 23: "r", 94: "^", 95: ".", 125: "H", 126: "~",
    127: '"',
}  # fmt: skip
# Which BibTeX's own examples define to sort by one argument and to show the other.
_SORTED = re.compile(r"\\(?:switchargs|(printfirst))\s*\{([^{}]*)\}\s*\{([^{}]*)\}")


def without_plain_tex(text: str) -> str:
    r"""Return a text in which '\verb|x|', '\char' and '\accent' are as LaTeX writes them.

    What only moves the next letter, as '\kern-.1em', is left out.
    """
    text = _VERBATIM.sub(r"\\url{\2}", _KERN.sub("", text))
    text = _ACCENT.sub(_accent, _CHAR.sub(_char, text))
    return _SORTED.sub(lambda found: found[2] if found[1] else f"{found[3]}{found[2]}", text)


def _number(found: re.Match[str]) -> int:
    for name, base in (("octal", 8), ("hex", 16), ("decimal", 10)):
        if digits := found[name]:
            return int(digits, base)
    return 0


def _char(found: re.Match[str]) -> str:
    """Return a character of ASCII, which most fonts have at its own number."""
    shown = (found["sign"] or chr(_number(found)))[-1]
    if shown in "{}":
        return f"\\{shown}"
    return f"\\url{{{shown}}}" if "!" <= shown <= "~" else found.group()


def _accent(found: re.Match[str]) -> str:
    accent = _ACCENTS.get(_number(found))
    return f"\\{accent}{{{found['letter']}}}" if accent else found.group()
