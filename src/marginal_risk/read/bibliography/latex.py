"""LaTeX to the text that is shown.

Every value is read once, from left to right. The same rules hold for values with a backslash and
without one.
"""

import html
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, partial
from typing import TypeAlias

from marginal_risk.read.bibliography import latex_commands as commands

_Change: TypeAlias = Callable[[str], str]
"""What a command does with its argument."""

_TYPED = {
    "---": "\u2014",
    "--": "\u2013",
    "``": "\u201c",
    "''": "\u201d",
    "~": " ",
    "?`": "\u00bf",
    "!`": "\u00a1",
}
# A character of a formula, a command, or a group of them, one in another up to four deep.
_ITEM = r"(?:\\[^)]|[^\\${}])"
for _ in range(4):
    _ITEM = rf"(?:\\[^)]|[^\\${{}}]|\{{{_ITEM}*+\}})"
# Pandoc's rule, so that '$5 to $10' is money:
# https://pandoc.org/MANUAL.html#extension-tex_math_dollars
# One sign alone is no money, whatever follows it: '$\sim$50', 'mm$^2$0', '$-$5'.
_SIGN = r"\$(?:\\[A-Za-z]+\s* | [-+<>=*/|]{1,3} | [_^](?:\w | \{[^{}$\\]{1,40}\}))\$"
_FORMULA = rf"""{_SIGN} | \$(?=\S){_ITEM}{{1,500}}+(?<=\S)\$(?![0-9])
    | \\\({_ITEM}{{1,500}}+\\\)"""
_TOKEN = re.compile(
    rf"""
      (?P<formula> {_FORMULA} )
    | \\(?:url|path|nolinkurl)\s*\{{ (?P<url>[^{{}}]*) \}}
    | \\ensuremath\s*\{{ (?P<ensured>{_ITEM}{{1,500}}+) \}}
    | (?P<bare> \\(?:mathbb|mathcal|mathfrak|mathscr|frac|sqrt)
        \s*(?:\{{{_ITEM}{{0,500}}+\}}){{1,2}} )
    | (?P<address> https?://[^\s{{}}\\$]+ )
    | \\(?: (?P<word>[A-Za-z]+)(?:\*(?=\{{))?\s* | (?P<symbol>.) )
    | (?P<typed> ---? | `` | '' | ~ | [?!]` )
    | (?P<brace> [{{}}] )
    """,
    re.VERBOSE | re.DOTALL,
)
_MAY_HAVE_TOKENS = re.compile(r"[\\${}~`'-]")
# Letters, digits and a few signs of ASCII, with single spaces between words: shown as they are.
# A class that is spelt out is looked up in one table.
_SHOWN_AS_IT_IS = r"[A-Za-z0-9_.,:;()/!?%#+*=@\"]++"
_PLAIN_TEXT = re.compile(rf"{_SHOWN_AS_IT_IS}(?: {_SHOWN_AS_IT_IS})*+")
# Publishers escape for HTML, some twice, and some of them for LaTeX after that.
_ENTITY = re.compile(r"\\?&(?:([A-Za-z]{2,8})|\\?#(x[0-9A-Fa-f]{1,5}|[0-9]{1,6}));")
_HAS_TOKENS = re.compile(r"[\\${}~]|--|``|''|[?!]`")
_MAX_DEPTH = 20
"""Commands within one another; hostile files nest them without end."""
_HAS_ESCAPES = re.compile(r"[\\{}$&]")
_ESCAPE = re.compile(
    r"""
      \{\\(?P<grouped>[_%&\#$~])(?:\{\})?\} | \{(?P<braced>[_%&\#~^])\}
    | \\(?P<plain>[_%&\#$~{}])(?:\{\})?
    | \{\\(?P<inside>text[a-z]+)\s*(?:\{\})?\} | \\(?P<word>text[a-z]+)(?:\{\}|\s*(?![A-Za-z]))
    | \{?\$\\sim\$\}? | \{?\$\\?(?P<math>[_<>])\$\}? | &(?P<entity>lt|gt|amp);
    """,
    re.VERBOSE,
)
# A whole field that is a link, and the text that LaTeX would show for it.
_LINK = re.compile(r"\\href\s*\{((?:[^{}]++|\{[^{}]*+\})*+)\}\s*\{.*\}", re.DOTALL)
_VERBATIM_WORDS = {
    "textasciitilde": "~", "textless": "<", "textgreater": ">", "textunderscore": "_",
    "textpercent": "%", "textampersand": "&", "lt": "<", "gt": ">", "amp": "&",
}  # fmt: skip
_SHORT = 40
"""Characters of a text that may well stand in many entries: a volume, a journal."""
_JOINERS = "\u200c\u200d"  # part of Persian and Indic words, and of emoji

# Plain TeX's commands, whose arguments stand in no braces.
# How far the next letter is moved, with the one blank that ends a length.
_KERN = re.compile(
    r"\\(?:kern|hskip|mkern|mskip)\s*[+-]?\s*(?:[0-9]*[.,])?[0-9]+\s*"
    r"(?:em|ex|pt|mu|mm|cm|in|pc|bp|sp) ?"
)
_PLAIN_VERBATIM = re.compile(r"\\(?:path|verb)\*?([^\w\s\\{}*])([^{}]{0,300}?)\1")
_NUMBER = r"(?:'(?P<octal>[0-7]{1,3})|\"(?P<hex>[0-9A-F]{1,2})|(?P<decimal>[0-9]{1,3}))\s*"
_PLAIN_CHAR = re.compile(rf"\\char\s*(?:`(?P<sign>\\\S|[^\s\\{{}}])|{_NUMBER})")
_PLAIN_ACCENT = re.compile(rf"\\accent\s*{_NUMBER}(?P<letter>\\[ij](?![A-Za-z])\s*|[A-Za-z])")
# Where TeX's fonts have the accents, and the commands for them.
_ACCENTS_BY_NUMBER = {
    18: "`", 19: "'", 20: "v", 21: "u", 22: "=", 23: "r", 94: "^", 95: ".", 125: "H", 126: "~",
    127: '"',
}  # fmt: skip
# Which BibTeX's own examples define to sort by one argument and to show the other.
_SORTED = re.compile(r"\\(?:switchargs|(printfirst))\s*\{([^{}]*)\}\s*\{([^{}]*)\}")

# Commands that nothing here knows, such as those that a paper defines for itself.
_COMMAND_OR_BRACE = re.compile(
    r"\\(?P<name>[A-Za-z]+)(?P<blank>\s*)(?:\[[^][{}]*\](?=\{))?|\\.|[{}]", re.DOTALL
)
_ARGUMENT = re.compile(r"\{(?!\\[A-Za-z]+\s*\})")
# What takes more than words in braces: to show that as text would show nonsense.
_NOT_TEXT = frozenset(
    [
        *("accent", "advance", "begin", "char", "csname", "def", "discretionary", "edef", "else"),
        *("end", "endcsname", "expandafter", "fi", "font", "futurelet", "gdef", "halign", "hrule"),
        *("hskip", "if", "ifx", "include", "includegraphics", "input", "item", "kern", "let"),
        *("llap", "lower", "makebox", "mkern", "mskip", "multicolumn", "newcommand", "openup"),
        *("parbox", "path", "penalty", "raise", "raisebox", "renewcommand", "rlap", "rule"),
        *("setbox", "setlength", "skip", "special", "today", "valign", "verb", "vrule"),
        *("vskip", "write", "xdef"),
    ]
)


def tidy(text: str) -> str:
    """Return ``text`` in one line, in Unicode's composed form.

    Control characters are left out, and so are those that change the direction of writing.
    """
    text = " ".join(text.split())
    if not text.isprintable():
        shown = (c for c in text if c.isspace() or c in _JOINERS or not _is_hidden(c))
        text = " ".join("".join(shown).split())
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs")


def decode(text: str) -> str:
    """Return the text that LaTeX would show.

    The characters %, & and # stay: a bibliography means them as they are, though TeX does not.

    Raises:
        ValueError: the braces are not balanced, or a command is not known; the text says which.
    """
    return _decode_short(text) if len(text) <= _SHORT else _decode(text)


def _decode(text: str) -> str:
    if _PLAIN_TEXT.fullmatch(text):
        return text
    text = tidy(without_entities(text))
    if not (_MAY_HAVE_TOKENS.search(text) and _HAS_TOKENS.search(text)):
        return text
    return tidy(_Decoding().read(text))


_decode_short = lru_cache(maxsize=4096)(_decode)


def without_entities(text: str) -> str:
    """Return ``text`` with each HTML entity replaced by its character."""
    for _ in range(2) if "&" in text and ";" in text else ():
        text = _ENTITY.sub(_character, text)
    return text


def _character(entity: re.Match[str]) -> str:
    shown = html.unescape(f"&{entity[1]};" if entity[1] else f"&#{entity[2]};")
    # A sign of LaTeX would not be shown.
    return shown if len(shown) == 1 and shown not in "\\{}$~%" else entity.group()


def decode_verbatim(text: str) -> str:
    r"""Return a field that is not typeset (url, doi, eprint) without escapes, \url and braces."""
    text = text.strip()
    if not _HAS_ESCAPES.search(text):
        return text
    link = _LINK.fullmatch(text)
    text = link[1] if link else text.removeprefix("\\url")
    plain = _ESCAPE.sub(_plain, text)
    return plain.strip("{} \t\n")


def _plain(escape: re.Match[str]) -> str:
    """Return the character that an escape in a verbatim field stands for."""
    word = escape["inside"] or escape["word"] or escape["entity"]
    if word:
        return _VERBATIM_WORDS.get(word, escape.group())
    return escape["grouped"] or escape["braced"] or escape["plain"] or escape["math"] or "~"


class _Decoding:
    """A value that is being decoded: the text so far, and the groups that are still open."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.groups: list[tuple[int, _Change | None]] = []
        """Where each open group starts in ``shown``, and what to do with it when it closes."""
        self.pending: tuple[str, _Change] | None = None
        """A command that waits for its argument."""
        self.depth = 0
        """Number of open groups that are arguments."""

    def read(self, text: str) -> str:
        index = 0
        for match in _TOKEN.finditer(text):
            self.show_typed(text[index : match.start()])
            index = match.end()
            kind = match.lastgroup or ""
            self.read_token(kind, match[kind])
        self.show_typed(text[index:])
        self.check_argument()
        if self.groups:
            raise ValueError("a brace is not closed")
        return "".join(self.shown)

    def read_token(self, kind: str, text: str) -> None:
        if kind == "brace":
            self.open_group() if text == "{" else self.close_group()
        elif kind == "typed":
            self.show(_TYPED[text])
        elif kind in ("word", "symbol"):
            self.read_command(text, is_word=kind == "word")
        elif kind == "formula":
            self.show(commands.formula(text))
        elif kind in ("ensured", "bare"):
            self.show(commands.formula(f"${text}$"))
        else:
            self.show(decode_verbatim(text) if kind == "url" else text)

    def read_command(self, name: str, is_word: bool) -> None:
        if name in commands.ACCENTS:
            self.expect(name, partial(commands.accented, name))
        elif name in commands.UNSHOWN:
            self.expect(name, lambda _: "")
        elif name in commands.FRAMES:
            self.expect(name, commands.FRAMES[name].format)
        elif name not in commands.STYLES:
            self.show(commands.word(name) if is_word else commands.symbol(name))

    def expect(self, command: str, change: _Change) -> None:
        self.check_argument()
        self.pending = (command, change)

    def check_argument(self) -> None:
        if self.pending:
            raise ValueError(f"nothing follows \\{self.pending[0]}")

    def show_typed(self, text: str) -> None:
        """Add characters to the text; an open command may take the first as its argument."""
        if self.pending:
            text = text.lstrip()
            if text:
                self.show(text[0])
                text = text[1:]
        self.shown.append(text)

    def show(self, text: str) -> None:
        if self.pending:
            change, self.pending = self.pending[1], None
            text = change(text)
        self.shown.append(text)

    def open_group(self) -> None:
        change = self.pending[1] if self.pending else None
        self.pending = None
        self.depth += change is not None
        if self.depth > _MAX_DEPTH:
            raise ValueError("commands are nested too deep")
        self.groups.append((len(self.shown), change))

    def close_group(self) -> None:
        self.check_argument()
        if not self.groups:
            raise ValueError("a brace closes what is not open")
        start, change = self.groups.pop()
        if change:
            self.depth -= 1
            self.shown[start:] = [change("".join(self.shown[start:]))]


def spell_out_unknown(text: str) -> tuple[str, list[str]]:
    r"""Return a text in which no command is unknown, and the names of those that were.

    In place of a command stands its one argument, as of '\pkg{x}' and '\cite[p. 5]{x}'; of a
    command without any its name, as of '\UNIX', but for one like '{\bibcyr x}' that seems to change
    the look of a group. One of several arguments, or that shows no words, stays as it is; but for
    one that a sign in braces follows, as '\pkg{x}{\Dash}'. Plain TeX's commands are rewritten.
    """
    text = without_plain_tex(text)
    found: dict[str, None] = {}
    shown: list[str] = []
    arguments: list[str | None] = []
    """For each open group, the name of the unknown command whose argument it is."""
    index, previous = 0, ""
    pending: str | None = None
    for match in _COMMAND_OR_BRACE.finditer(text):
        between = text[index : match.start()]
        shown.append(between)
        index, sign, name = match.end(), match.group(), match["name"]
        if sign == "{":
            arguments.append(pending)
        elif sign == "}" and arguments and arguments.pop() and _ARGUMENT.match(text, index):
            return text, []
        pending = None
        if name and name not in _NOT_TEXT and not commands.is_known(name):
            following = text[index : index + 2]
            if following.startswith("["):
                return text, []
            found[name] = None
            # Without an argument, or with an empty one.
            if following == "{}" or not following.startswith("{"):
                is_switch = previous == "{" and not between and following[:1] not in ("", "}", "{")
                apart = "{}" if previous.startswith("\\") and not between else ""
                sign = "" if is_switch and name.islower() else f"{apart}{name}{match['blank']}"
            else:
                pending, sign = name, ""
        shown.append(sign)
        previous = match.group()
    shown.append(text[index:])
    return "".join(shown), list(found)


def without_plain_tex(text: str) -> str:
    r"""Return a text with '\verb|x|', '\char' and '\accent' rewritten in LaTeX's own way.

    Commands that only move the next letter, such as '\kern-.1em', are left out.
    """
    text = _PLAIN_VERBATIM.sub(r"\\url{\2}", _KERN.sub("", text))
    text = _PLAIN_ACCENT.sub(_accent, _PLAIN_CHAR.sub(_char, text))
    return _SORTED.sub(lambda found: found[2] if found[1] else f"{found[3]}{found[2]}", text)


def _number(found: re.Match[str]) -> int:
    for name, base in (("octal", 8), ("hex", 16), ("decimal", 10)):
        if digits := found[name]:
            return int(digits, base)
    return 0


def _char(found: re.Match[str]) -> str:
    """Return the ASCII character of a number; most fonts agree on these."""
    shown = (found["sign"] or chr(_number(found)))[-1]
    if shown in "{}":
        return f"\\{shown}"
    return f"\\url{{{shown}}}" if "!" <= shown <= "~" else found.group()


def _accent(found: re.Match[str]) -> str:
    accent = _ACCENTS_BY_NUMBER.get(_number(found))
    return f"\\{accent}{{{found['letter']}}}" if accent else found.group()
