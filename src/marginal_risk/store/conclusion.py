"""What the figures of agreement allow to conclude, in a sentence."""

from dataclasses import dataclass

TENTATIVE, RELIABLE = 0.667, 0.8
"""What alpha must reach for tentative conclusions, and for firm ones (Krippendorff 2004)."""
FEWEST_FOR_INTERVAL, FEWEST_FOR_CONCLUSION = 5, 10
"""Codings by two or more coders: with fewer, an interval would be a guess."""
Words = tuple[str, str, str]
"""What is counted, who made it, and what was done to it: the words of a conclusion."""
OF_CODING: Words = ("coding", "coder", "judged")
OF_SCREENING: Words = ("study", "screener", "decided on")


@dataclass(frozen=True)
class Estimate:
    """A figure and its interval of 95 %; None where there is none."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


def _plural(word: str) -> str:
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def conclude(codings: int, alpha: Estimate, words: Words = OF_CODING) -> str:
    """Return in a sentence whether the number of codings allows a conclusion, and which."""
    what, who, did = words
    if not codings:
        return f"No second {who} has {did} any of this: how far {who}s would agree is not known."
    number = f"{codings} {what if codings == 1 else _plural(what)} by two or more {who}s"
    if codings < FEWEST_FOR_CONCLUSION:
        return f"Too few for a conclusion: {number}, and {FEWEST_FOR_CONCLUSION} are the least."
    if alpha.value is None:
        return f"No conclusion: {number}, but one level only: no telling agreement from chance."
    if alpha.low is None or alpha.high is None:
        return f"No conclusion: {number} show too little disagreement to estimate an interval."
    if alpha.low < TENTATIVE <= alpha.high:
        return (
            f"No conclusion: with {number}, alpha may lie on either side of {TENTATIVE}, from "
            "which on conclusions are tentative."
        )
    return f"Enough for a conclusion: {_reliability(alpha.low, who)}"


def _reliability(low: float, who: str) -> str:
    """Return what an alpha of at least ``low`` allows to say, on one side of TENTATIVE."""
    if low >= RELIABLE:
        return f"the {who}s agree reliably (alpha of {RELIABLE} or more)."
    if low >= TENTATIVE:
        return f"the {who}s agree enough for tentative statements (alpha of {TENTATIVE} or more)."
    return f"the {who}s agree too little (alpha under {TENTATIVE})."
