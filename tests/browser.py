"""What the tests of real pages share: a live site, a browser, and the list of pages."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from marginal_risk.publish.server import listen, open_site
from pages import build
from places import ROOT

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

PAGES = (
    "/",
    "/?view=studies",
    "/?level=addressed&from=2023",
    "/?from=2049",
    "/?codings=provisional",
    "/?codings=provisional&view=studies",
    "/comparisons",
    "/comparisons?codings=provisional",
    "/comparisons/cybersecurity/closed_models?codings=provisional",
    "/vectors/biosecurity",
    "/vectors/biosecurity/marginal_risk_evidence",
    "/steps/marginal_risk_evidence",
    "/studies",
    "/studies?q=nothing+of+the+kind",
    "/studies?q=biosecurty&coded=yes&vektor=x",
    "/studies?codings=provisional&sort=steps",
    "/studies/thiel2023",
    "/studies/kapoor2024",
    "/gaps",
    "/screening",
    "/screening?vector=biosecurity",
    "/next",
    "/review",
    "/agreement",
    "/contribute",
    "/contribute?study=soice2023&vector=biosecurity",
    "/contribute?study=fang2024oneday&vector=cybersecurity&check=1",
    "/trends",
    "/versions",
    "/versions?since=2026-11-01&vector=biosecurity",
    "/codebook",
    "/data",
    "/about",
    "/no-such-page",
)
"""Every kind of page of the house."""

DATASETTE_PAGES = (
    "/-/",
    "/evidence",
    "/evidence/gaps",
    "/evidence/judgements",
    "/evidence/studies/thiel2023",
    "/evidence/table_1",
    "/evidence/-/query?sql=select+1",
)
"""Datasette's own pages, in the house's header and footer."""

AXE = Axe().axe_script
RUN_AXE = """async options => {
    const found = await axe.run(document, {resultTypes: ["violations"], ...options});
    return found.violations.map(v => [v.id, v.help, v.nodes.map(node => node.html)]);
}"""

needs_browser = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"),
    reason="no 'chromium' on this machine: install Debian's package to run this test",
)


@contextmanager
def live_site(data: Path, folder: Path) -> Iterator[str]:
    """Build ``data`` into ``folder`` and serve it on a free port; yield the address."""
    site = open_site(build(data, folder), ROOT / "datasette.yml")
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(site.app(), log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=30)
        listener.close()


def violations(page: Page, **options: object) -> list[list[object]]:
    """Return each rule of axe that the page breaks, with its words and the elements that do.

    A page is given axe once, whatever its looks: a browser runs what it has run before faster.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate(RUN_AXE, options)
