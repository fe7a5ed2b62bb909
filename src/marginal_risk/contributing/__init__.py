"""The form at /contribute: a second plugin beside the site, with the checks behind it.

Datasette loads it by its entry point, so import datasette.app before this package.
"""

from __future__ import annotations

from typing import Any

from datasette import hookimpl

from marginal_risk.contributing import form


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the form, and the file of answers that it offers."""
    return form.ROUTES
