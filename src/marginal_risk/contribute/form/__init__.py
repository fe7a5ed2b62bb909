"""The form at /contribute: a second Datasette plugin beside the map's, with the checks behind it.

As there, its hook imports what it needs when it is called.
"""

from typing import Any

from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the form, and the file of answers that it offers."""
    from marginal_risk.contribute.form import contribute_page

    return contribute_page.ROUTES
