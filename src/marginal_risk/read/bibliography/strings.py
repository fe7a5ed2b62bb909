"""The value of a field or a @string: its pieces, joined by '#', with other @strings filled in."""

import re
from collections.abc import Iterator

from marginal_risk.problems import did_you_mean
from marginal_risk.read.bibliography.dates import MONTHS, read_month

_DELIMITER = re.compile(r"\\.|[{}\"]", re.DOTALL)
_BLANK = re.compile(r"\s*")
_PIECE = re.compile(r"(?P<number>[0-9]+)|(?P<name>[^\s{}\"#,=%'()0-9][^\s{}\"#,=%'()]*)")
_BUDGET = 10_000_000
"""Characters that the @strings of one file may add: hostile files double them without end."""
_HINTS = 20
"""Hints for one file: to look for the nearest name takes long where there are many."""


class BadValueError(ValueError):
    """A value that cannot be read: the text says why, the hint how to mend it."""

    def __init__(self, message: str, hint: str = "", rule: str = "unreadable-entry") -> None:
        super().__init__(message)
        self.hint = hint
        self.rule = rule


class Strings:
    """The @string definitions of one file."""

    def __init__(self) -> None:
        self.values: dict[str, str | None] = {}
        """By name in lower case; None where the definition cannot be read."""
        self.budget = _BUDGET
        self.hints = _HINTS

    def define(self, name: str, expression: str) -> None:
        """Add a @string, which may use those defined before it.

        Raises:
            BadValueError: the expression cannot be read; the name is then known without a value.
        """
        self.values[name.lower()] = None
        self.values[name.lower()] = self.resolve(expression)

    def has(self, name: str, expression: str) -> bool:
        """Tell whether a @string is defined with the value of an expression."""
        try:
            return self.values.get(name.lower()) == self.resolve(expression)
        except BadValueError:
            return False

    def resolve(self, expression: str, is_month: bool = False) -> str:
        """Return the value of an expression; a month may be named without quotes.

        Raises:
            BadValueError: it is no value, or names a @string that is not there.
        """
        expression = expression.strip()
        if len(expression) >= 2 and find_closing(expression, 0) == len(expression) - 1:
            return expression[1:-1]  # almost every value is one piece
        return "".join(
            self._look_up(piece, is_month) if is_name else piece
            for piece, is_name in _pieces(expression)
        )

    def _look_up(self, name: str, is_month: bool) -> str:
        """Return what a @string, or the macro of a month, stands for."""
        key = name.lower()
        if key in self.values:
            value = self.values[key]
            if value is None:
                message = f"The @string {name[:40]!r} has no value."
                raise BadValueError(message, "Correct that @string first.", "unresolved-string")
            self.budget -= len(value)
            if self.budget < 0:
                message = f"The @strings of this file grow beyond {_BUDGET} characters."
                raise BadValueError(message, "Write the text out.")
            return value
        if key in MONTHS:
            return MONTHS[key]
        if is_month and read_month(key):
            return name
        message = f"No @string defines {name[:40]!r}."
        raise BadValueError(message, self._hint(name), "unresolved-string")

    def _hint(self, name: str) -> str:
        otherwise = f"Put the text in braces: {{{name[:40]}}}."
        self.hints -= 1
        return did_you_mean(name.lower(), self.values, otherwise) if self.hints >= 0 else otherwise


def is_expression(text: str) -> bool:
    """Tell whether a text is pieces joined by '#', whether or not its @strings are defined."""
    try:
        return all(True for _ in _pieces(text.strip()))
    except BadValueError:
        return False


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield (a piece of an expression, whether it is the name of a @string)."""
    index = 0
    while True:
        if text.startswith(("{", '"'), index):
            end = find_closing(text, index)
            if end is None:
                raise BadValueError("The value is not closed.", "Check its quotes and braces.")
            yield text[index + 1 : end], False
            index = end + 1
        elif match := _PIECE.match(text, index):
            yield match.group(), match["name"] is not None
            index = match.end()
        elif index == len(text):
            raise BadValueError("A value is missing.", "Put it in braces: {...}.")
        else:
            message = f"{text[index : index + 40]!r} is not a value."
            raise BadValueError(message, "Put it in braces: {...}.")
        index = _after_blank(text, index)
        if index == len(text):
            return
        if text[index] != "#":
            message = f"After a value stands {text[index : index + 40]!r}."
            hint = "Put a comma after each field, and the whole value in one pair of braces."
            raise BadValueError(message, hint)
        index = _after_blank(text, index + 1)


def _after_blank(text: str, index: int) -> int:
    match = _BLANK.match(text, index)
    return match.end() if match else index


def find_closing(text: str, start: int) -> int | None:
    """Return the index of what closes the brace or quote at ``start``."""
    opener = text[start]
    if opener not in '{"':
        return None
    depth = 0
    for match in _DELIMITER.finditer(text, start):
        char = match.group()
        depth += (char == "{") - (char == "}")
        if char == opener == '"' and depth == 0 and match.start() > start:
            return match.start()
        if char == "}" and opener == "{" and depth == 0:
            return match.start()
    return None
