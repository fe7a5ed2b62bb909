"""Which day it is: where the program runs, and at the latest anywhere."""

from datetime import date, datetime, timedelta, timezone

# Where a day begins first.
_EARLIEST = timezone(timedelta(hours=14))


def latest_today() -> date:
    """Return the latest date that is today anywhere, so that no contributor's date is refused."""
    return datetime.now(_EARLIEST).date()


def today_here() -> date:
    """Return today's date where the program runs, which is what a coder means by today."""
    return datetime.now().astimezone().date()
