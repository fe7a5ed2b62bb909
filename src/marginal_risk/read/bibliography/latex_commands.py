"""What each LaTeX command shows.

The library pylatexenc knows the symbols, accents and formulas. It is asked about one of them
at a time, because handing it whole values costs more than all other reading together.
"""

import logging
import re
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text, get_default_latex_context_db
from pylatexenc.latexwalker import get_default_latex_context_db as get_arguments_db

logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)

_SYMBOLS = get_default_latex_context_db()
_ARGUMENTS = get_arguments_db()
_DECODER = LatexNodes2Text(math_mode="text")

# Accents that the library does not know, as the character that Unicode puts behind the letter.
_COMBINING = {
    "G": "\u030f", "U": "\u030d", "f": "\u0311", "h": "\u0309", "polhk": "\u0328",
    "textcommabelow": "\u0326", "textsubring": "\u0325", "udot": "\u0323",
    "textcommaabove": "\u0312", "textogonekcentered": "\u0328", "textdoublegrave": "\u030f",
}  # fmt: skip
ACCENTS = frozenset([*"'`\"^~=.Hbcdkrtuv", *_COMBINING])
STYLES = frozenset(
    [
        *("acro", "allowbreak", "autocap", "boldmath", "break", "hfill", "isdot", "nobreak"),
        *("bf", "bfseries", "ce", "ch", "em", "emph", "ensuremath", "hbox", "it", "itshape"),
        *("footnotesize", "huge", "Huge", "large", "Large", "LARGE", "mdseries", "normalsize"),
        *("scriptsize", "selectfont", "small", "textcyrillic", "textgreek", "textlatin", "tiny"),
        *("MakeLowercase", "MakeUppercase", "mathbf", "mathit", "mathrm", "mathsf", "mathtt"),
        *("mbox", "mkbibbold", "mkbibemph", "mkbibitalic", "mkbibacro", "NoCaseChange"),
        *("normalfont", "hologo", "num", "singleletter", "smash", "uwave", "underbar"),
        *("protect", "relax", "rm", "rmfamily", "sc", "scshape", "sf", "sffamily", "sl"),
        *("slshape", "sout", "text", "textbf", "textit", "textmd", "textnormal", "textrm"),
        *("textsc", "textsf", "textsl", "textsubscript", "textsuperscript", "texttt", "textup"),
        *("ignorespaces", "leavevmode", "lowercase", "null", "unskip"),
        *("tt", "ttfamily", "ul", "uline", "unboldmath", "underline", "uppercase", "upshape"),
    ]
)
"""Commands that change how a text looks, not what it says."""
UNSHOWN = frozenset(
    [
        *("color", "foreignlanguage", "hspace", "href", "noopsort", "selectlanguage"),
        *("SortNoop", "sortnoop", "noop", "APACSortNoop", "textcolor", "vspace"),
    ]
)
"""Commands whose first argument is not shown; a second one is."""
FRAMES = dict.fromkeys(("enquote", "mkbibquote"), "\u201c{}\u201d")
FRAMES |= {"mkbibparens": "({})", "parentext": "({})", "mkbibbrackets": "[{}]"}
"""Commands that show their argument with something around it."""

# The library knows them, but what is shown must not depend on the day, or on other files.
_REFUSED = frozenset(["include", "input", "item", "maketitle", "today"])
_OF_A_PAPER = frozenset(["cite", "citep", "citet", "eqref", "footnote", "label", "ref"])
_STANDING_ALONE = frozenset("~^")  # as in \~{}
_CHARACTERS = dict(zip("&%#_${}", "&%#_${}", strict=True))
_CHARACTERS |= dict.fromkeys("-/@!", "") | dict.fromkeys(" ,;:>\\\n", " ")
# What the library does not know, or shows otherwise.
_WORDS = {
    "AMS": "AMS", "AmSTeX": "AMS-TeX", "ConTeXt": "ConTeXt", "EUR": "\u20ac",
    "LaTeXe": "LaTeX2\u03b5", "LuaLaTeX": "LuaLaTeX", "LuaTeX": "LuaTeX", "MF": "METAFONT",
    "MP": "MetaPost", "PS": "PostScript", "XeLaTeX": "XeLaTeX", "XeTeX": "XeTeX", "adddot": ".",
    "cprime": "\u02b9", "guillemetleft": "\u00ab", "guillemetright": "\u00bb",
    "lasp": "\u02bd", "officialeuro": "\u20ac", "pdfLaTeX": "pdfLaTeX", "pdfTeX": "pdfTeX",
    "rasp": "\u02bc", "textbardbl": "\u2016",
    "BibTeX": "BibTeX", "LaTeX": "LaTeX", "P": "\u00b6", "S": "\u00a7", "SS": "\u1e9e",
    "TeX": "TeX", "checkmark": "\u2713", "copyright": "\u00a9", "ddag": "\u2021",
    "degree": "\u00b0", "enspace": " ", "euro": "\u20ac", "fg": "\u00bb", "flqq": "\u00ab",
    "frqq": "\u00bb", "glqq": "\u201e", "grqq": "\u201c", "hyp": "-", "linebreak": " ",
    "lq": "\u2018", "ne": "\u2260", "newline": " ", "nobreakdash": "", "nobreakspace": " ",
    "noindent": "", "og": "\u00ab", "par": " ", "pounds": "\u00a3", "rq": "\u2019",
    "slash": "/", "space": " ", "textampersand": "&", "textasciicircum": "^", "textbar": "|",
    "textbraceleft": "{", "textbraceright": "}", "textcopyright": "\u00a9",
    "textgreater": ">", "textless": "<", "textminus": "\u2212", "textpercent": "%",
    "textperiodcentered": "\u00b7", "textquotedbl": '"', "textunderscore": "_",
    "thinspace": " ", "xspace": "", "yen": "\u00a5",
    # Of biblatex, its manual's section 4.7; and of the journals that define a dash for themselves.
    "addcolon": ":", "addcomma": ",", "adddotspace": ". ", "addnbspace": " ", "addsemicolon": ";",
    "addspace": " ", "addthinspace": " ", "bibrangedash": "\u2013", "hyphen": "-", "nopunct": "",
    "psq": "sq.", "psqq": "sqq.", "Dash": "\u2014", "dash": "\u2013", "emdash": "\u2014",
    "endash": "\u2013",
    # Journals, as NASA's ADS names them in all that it exports.
    "aap": "A&A", "aapr": "A&A Rev.", "aaps": "A&AS", "aj": "AJ", "apj": "ApJ", "apjl": "ApJ",
    "apjs": "ApJS", "araa": "ARA&A", "icarus": "Icarus", "jcap": "JCAP", "jgr": "J. Geophys. Res.",
    "mnras": "MNRAS", "nat": "Nature", "pasj": "PASJ", "pasp": "PASP", "physrep": "Phys. Rep.",
    "planss": "Planet. Space Sci.", "pra": "Phys. Rev. A", "prd": "Phys. Rev. D",
    "prl": "Phys. Rev. Lett.", "solphys": "Sol. Phys.", "ssr": "Space Sci. Rev.",
}  # fmt: skip


def is_known(name: str) -> bool:
    """Tell whether a command of letters is one that can be shown."""
    if name in ACCENTS or name in STYLES or name in UNSHOWN or name in FRAMES:
        return True
    try:
        word(name)
    except ValueError:
        # In a formula it may be one that takes arguments.
        return name not in _OF_A_PAPER and bool(_SYMBOLS.get_macro_spec(name))
    return True


def unknown(name: str) -> ValueError:
    """Return the error for a command that no table has."""
    return ValueError(f"\\{name[:40]} is not a command that can be shown")


def symbol(char: str) -> str:
    """Return what a command of one character that is no letter shows."""
    if char not in _CHARACTERS:
        raise unknown(char)
    return _CHARACTERS[char]


@lru_cache(maxsize=4096)
def word(name: str) -> str:
    """Return what a command without arguments shows."""
    if name in _WORDS:
        return _WORDS[name]
    found = _SYMBOLS.get_macro_spec(name)
    shown = found.simplify_repl if found else None
    arguments = _ARGUMENTS.get_macro_spec(name)
    has_arguments = bool(arguments and arguments.args_parser.argspec)
    if not isinstance(shown, str) or "%" in shown or has_arguments or name in _REFUSED:
        raise unknown(name)
    return shown


def accented(accent: str, text: str) -> str:
    """Return ``text`` with an accent on its first letter."""
    text = text.lstrip()
    if not text and accent in _STANDING_ALONE:
        return accent
    if accent == "=" and text[:1].isdigit():  # as crystals are named: '(11\=22)'
        return f"{text[0]}\u0304{text[1:]}"
    if not text[:1].isalpha():
        raise ValueError(f"no letter follows \\{accent}")
    return _letter(accent, text[0]) + text[1:]


@lru_cache(maxsize=4096)
def _letter(accent: str, letter: str) -> str:
    if accent in _COMBINING:
        return letter + _COMBINING[accent]
    if accent == "t":  # ties this letter to the next
        return f"{letter}\u0361"
    source = f"\\{accent}{{{letter}}}"
    return str(_DECODER.latex_to_text(source))


# What changes the look of a formula, as the library knows fewer of them.
_LOOK = re.compile(
    r"\\(?:rm|it|bf|sf|tt|cal|mbox|hbox|left|right|[bB]igg?[lrm]?|operatorname|boldsymbol"
    r"|displaystyle|textstyle|limits|nolimits|textsc|textsl|mathop)\b\s*"
)
_DEGREE = re.compile(r"\^\s*(?:\\circ(?![A-Za-z]) ?|\{\s*\\circ\s*\})")
_NAME = re.compile(r"\\([A-Za-z]+)\s*")


@lru_cache(maxsize=4096)
def formula(text: str) -> str:
    """Return a formula with its symbols shown and its dollars gone."""
    text = _DEGREE.sub("\u00b0", _LOOK.sub("", text)).replace("\\ne ", "\\neq ")
    text = _NAME.sub(_in_formula, text)
    try:
        shown = str(_DECODER.latex_to_text(text))
    except Exception as error:  # the library does not say which
        raise ValueError(f"the formula {text[:40]} cannot be read") from error
    # Where a command lacks an argument, the library takes the dollar, or shows its template.
    if "%s" in shown or ("$" in shown and "\\$" not in text):
        raise ValueError(f"the formula {text[:40]} cannot be read")
    return shown


def _in_formula(command: re.Match[str]) -> str:
    """Return a command as the library can read it: those of texts as what they show."""
    name = command[1]
    if name in _REFUSED:
        raise unknown(name)
    if _SYMBOLS.get_macro_spec(name):
        return command.group()
    shown = "" if name in STYLES else _WORDS.get(name)
    if shown is None:
        raise unknown(name)
    return f"\\{shown}" if shown in set("%&_{}") else shown
