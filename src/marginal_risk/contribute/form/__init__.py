"""The forms at /contribute and /screen: a second Datasette plugin, with the checks behind it.

As there, its hook imports what it needs when it is called.
"""

from typing import Any

from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the forms for a coding and for screening, and the files that they offer."""
    from marginal_risk.contribute.form import contribute_page, screen_page

    return [*contribute_page.ROUTES, *screen_page.ROUTES]
