"""Numbers in sentences."""


def count_of(number: int, one: str, many: str = "") -> str:
    """Return '1 gap', '2 gaps', '0 gaps'; ``many`` is for words that do not just take an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def are(number: int) -> str:
    """Return the verb after a number of things: 'is' after one, 'are' after any other."""
    return "is" if number == 1 else "are"


def have(number: int) -> str:
    """Return the verb after a number of things: 'has' after one, 'have' after any other."""
    return "has" if number == 1 else "have"
