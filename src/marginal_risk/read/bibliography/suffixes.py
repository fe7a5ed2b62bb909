"""What stands behind a name, such as Jr or III."""

import re

_ONE = (
    r"(?:jn?r|j[u\u00fa]nior|sn?r|i{1,3}|iv|vi{0,3}|2nd|3rd|[4-8]th|esq|filho|neto|sobrinho|fils"
    r"|m\.?d|ph\.?d)\.?"
)
SUFFIX = re.compile(rf"{_ONE}(?: {_ONE})?", re.IGNORECASE)
_LATE = ("Jr", "Jnr", "Sr", "Snr", "II", "III")
LATE = frozenset([*_LATE, *(f"{suffix}." for suffix in _LATE)])
"""Suffixes that may stand behind a whole name; in capitals, 'JR' and 'SR' are initials."""
# 'Jane Doe, Jr.': BibTeX would take all before the comma for the family name, which it is in
# 'Doe J., Jr.', as far as can be told.
LATE_SUFFIX = re.compile(
    rf"(?P<name>[^,={{}}\s]+\s[^,={{}}]*[^,={{}}\s.])\s*,\s*(?P<suffix>(?:{'|'.join(_LATE)})\.?)"
)
