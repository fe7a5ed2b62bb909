"""LaTeX to the text that is shown."""

import logging
import re
import unicodedata
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)

_TYPED = (("---", "\u2014"), ("--", "\u2013"), ("``", "\u201c"), ("''", "\u201d"), ("~", " "))
_VERBATIM_ESCAPE = re.compile(r"\\([_%&#$~{}])")
# TeX reads these as syntax; a bibliography means the characters.
_MEANT_AS_CHARACTER = re.compile(r"(?<!\\)([%&#])")
_ODD_DOLLAR = re.compile(r"(?<!\\)\$")


def _decoder() -> LatexNodes2Text:
    context = get_default_latex_context_db()
    context.add_context_category(
        "urls", prepend=True, macros=[MacroTextSpec("url", simplify_repl="%s")]
    )
    return LatexNodes2Text(latex_context=context, math_mode="text", strict_latex_spaces=False)


_DECODER = _decoder()


def tidy(text: str) -> str:
    """Return ``text`` in one line, in Unicode's composed form, without control characters."""
    shown = "".join(c if c.isprintable() or c.isspace() else "" for c in text)
    return unicodedata.normalize("NFC", " ".join(shown.split()))


@lru_cache(maxsize=1 << 16)
def decode(text: str) -> str:
    """Return the text that LaTeX would show.

    Raises:
        ValueError: the LaTeX is too broken, or too deep, to read.
    """
    if "\\" not in text and "$" not in text:
        for typed, shown in _TYPED:
            text = text.replace(typed, shown)
        return tidy(text.replace("{", "").replace("}", ""))
    text = _MEANT_AS_CHARACTER.sub(r"\\\1", text)
    if len(_ODD_DOLLAR.findall(text)) % 2:
        text = _ODD_DOLLAR.sub(r"\\$", text)
    try:
        return tidy(_DECODER.latex_to_text(text))
    except (RecursionError, Exception) as error:
        raise ValueError(f"{type(error).__name__}") from error


def decode_verbatim(text: str) -> str:
    r"""Return a field that is not typeset (url, doi, eprint): only escapes and \url go."""
    text = text.strip()
    if text.startswith("\\url"):
        text = text.removeprefix("\\url").strip()
    while text.startswith("{") and text.endswith("}"):
        text = text[1:-1].strip()
    return _VERBATIM_ESCAPE.sub(r"\1", text)
