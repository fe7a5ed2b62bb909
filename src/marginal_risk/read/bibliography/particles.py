"""Where the particle of a name ends, as BibTeX sees it."""

import re

from marginal_risk.read.bibliography.latex import decode

_IN_BRACES = re.compile(r"\{(?!\\)[^{}]*+\}")


def settle_particle(parts: dict[str, str], particle: list[str], outside: str) -> dict[str, str]:
    """Return the parts of a name that the library split, with the particle that BibTeX sees.

    ``particle`` has the words of the library's one, and ``outside`` the whole name without what
    stands in its braces.
    """
    is_bare = "," not in outside
    given, prefix, family = parts["given"], parts["prefix"], parts["family"]
    if is_bare and len(outside.split()) == 2 and outside[0].islower() and not family[0].islower():
        # The library takes the first of two words for the given name, whatever its case, and
        # BibTeX one in lower case for the particle. Both in lower case is a name: 'danah boyd'.
        return parts | {"given": "", "prefix": given}
    if prefix and not any(map(str.islower, prefix)):
        # The library takes letters of scripts without case for letters in lower case.
        if is_bare:
            return parts | {"prefix": "", "given": f"{given} {prefix}".strip()}
        return parts | {"prefix": "", "family": f"{prefix} {family}"}
    if is_bare and len(particle) > 1:
        # Where the last word is in lower case, the library takes all before it for the particle.
        end = len(particle)
        while end > 1 and not _is_lower(particle[end - 1]):
            end -= 1
        family = " ".join([*particle[end:], family])
        return parts | {"prefix": " ".join(particle[:end]), "family": family}
    return parts


def _is_lower(word: str) -> bool:
    """Tell whether the first letter of a word is in lower case; those in braces do not count."""
    try:
        return next(filter(str.isalpha, decode(_IN_BRACES.sub("", word))), "").islower()
    except ValueError:  # which is reported when the name is shown
        return True
