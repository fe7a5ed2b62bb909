"""LaTeX to the text that is shown.

Every value is read once, from left to right and by the same rules, whether it holds a back
slash or not.
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


def tidy(text: str) -> str:
    """Return ``text`` in one line, in Unicode's composed form.

    Control characters, and those that would turn the direction of writing, are left out.
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

    Characters that TeX takes for syntax and a bibliography means, such as %, & and #, stay.

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
    """Return ``text`` with the entities of HTML as the characters that they stand for."""
    for _ in range(2) if "&" in text and ";" in text else ():
        text = _ENTITY.sub(_character, text)
    return text


def _character(entity: re.Match[str]) -> str:
    shown = html.unescape(f"&{entity[1]};" if entity[1] else f"&#{entity[2]};")
    # A sign of LaTeX would not be shown.
    return shown if len(shown) == 1 and shown not in "\\{}$~%" else entity.group()


def decode_verbatim(text: str) -> str:
    r"""Return a field that is not typeset (url, doi, eprint): escapes, \url and its braces go."""
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
    """One value on its way: what is shown so far, and the groups that are open."""

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
        """Show characters as they are; the first may be what a command waits for."""
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
