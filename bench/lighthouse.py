"""``make lighthouse``: the scores of five pages, in Debian's chromium.

Needs node and npm (Lighthouse is installed below .venv) and chromium.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.invent import ROOT
from bench.site import serving
from marginal_risk.check.corpus import read_corpus
from marginal_risk.store.database import build_database

VERSION = "13.5.0"
PAGES = (
    *("/", "/vectors/biosecurity", "/vectors/biosecurity/marginal_risk_evidence"),
    *("/studies", "/comparisons"),
)
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking"
    " --disable-component-update --disable-sync"
)


def main() -> None:
    """Print a table of scores; exit with 1 where one is below 100."""
    chromium = shutil.which("chromium")
    if not (chromium and shutil.which("npm")):
        sys.exit("Lighthouse needs npm and Debian's chromium.")
    folder = ROOT / ".venv" / "node"
    program = folder / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund"]
        subprocess.run([*install, "--prefix", folder, f"lighthouse@{VERSION}"], check=True)
    print(f"{'page':<44}" + "".join(f"{name:>16}" for name in CATEGORIES))
    worst = 100
    with tempfile.TemporaryDirectory() as name:
        output = Path(name) / "evidence.db"
        build_database(read_corpus(ROOT / "data"), output)
        with serving(output, size=1) as get:
            for path in PAGES:
                scores = measure(program, f"http://127.0.0.1:{get.port}{path}", chromium)
                worst = min(worst, *scores)
                print(f"{path:<44}" + "".join(f"{score:>16}" for score in scores), flush=True)
    sys.exit(0 if worst == 100 else 1)


def measure(program: Path, address: str, chromium: str) -> list[int]:
    """Return the scores of one page, category by category, and say what costs points."""
    done = subprocess.run(
        [
            program,
            address,
            "--quiet",
            "--output=json",
            f"--chrome-flags={FLAGS}",
            f"--only-categories={','.join(CATEGORIES)}",
        ],
        env={**os.environ, "CHROME_PATH": chromium},
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(done.stdout)
    for audit in report["audits"].values():
        if audit["score"] is not None and audit["score"] < 0.9:
            print(f"  {audit['id']}: {audit['title']}", file=sys.stderr)
    return [round(report["categories"][name]["score"] * 100) for name in CATEGORIES]


if __name__ == "__main__":
    main()
