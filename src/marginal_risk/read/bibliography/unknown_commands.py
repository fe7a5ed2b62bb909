"""LaTeX commands that nothing here knows, such as those that a paper defines for itself."""

import re

from marginal_risk.read.bibliography import latex_commands as commands
from marginal_risk.read.bibliography.plain_tex import without_plain_tex

_TOKEN = re.compile(
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
    for match in _TOKEN.finditer(text):
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
