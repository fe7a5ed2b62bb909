"""A site with one more route: a constant of a given size. Prints its port and serves."""

import sys
from pathlib import Path

import uvicorn
from datasette import Response, hookimpl
from datasette.plugins import pm

from marginal_risk.publish.server import listen, open_site

ROOT = Path(__file__).parents[1]


class Constant:
    """A plugin that answers /constant with as many bytes as it is told."""

    __name__ = "Constant"

    def __init__(self, size: int) -> None:
        self.text = "x" * size

    @hookimpl
    def register_routes(self) -> list[tuple[str, object]]:
        """Add the route."""

        async def constant() -> Response:
            return Response.html(self.text)

        return [(r"^/constant$", constant)]


def main(database: str, size: str, kept_bytes: str) -> None:
    """Serve ``database`` with a constant of ``size`` bytes; keep so many bytes of pages."""
    pm.register(Constant(int(size)), name="constant")
    site = open_site(Path(database), ROOT / "datasette.yml")
    site.config["plugins"]["marginal-risk"]["page_cache_bytes"] = int(kept_bytes)
    listener = listen("127.0.0.1", 0)
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(site.app(), log_level="error", lifespan="on")).run([listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
