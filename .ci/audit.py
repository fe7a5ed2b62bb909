"""Ask whether a weakness is known of any package that is pinned.

    python .ci/audit.py requirements/dev.txt

It exits with 1 where one is. Where nobody can be asked, as without a network, it says that it
skips this, and exits with 0; on CI (CI=true) with 1, as nothing was looked at there.
"""

import json
import os
import subprocess
import sys
from typing import Any

Report = list[dict[str, Any]]


def ask(requirements: str) -> Report | None:
    """Return what pip-audit found of each package; None where it could ask nobody."""
    words = ["--requirement", requirements, "--require-hashes", "--disable-pip"]
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", *words, "--format", "json"],
        check=False,
        capture_output=True,
        text=True,
    )
    try:
        report: Report = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(done.stderr.strip().rpartition("\n")[2][:300], file=sys.stderr)
        return None
    return report


def describe(report: Report | None) -> tuple[list[str], bool, bool]:
    """Return lines to print, whether a weakness is known, and whether every package was found."""
    if report is None:
        return ["Skipped: the list of known weaknesses cannot be reached."], False, False
    lines = [
        f"{package['name']} {package['version']}: {weakness['id']}, mended in"
        f" {', '.join(weakness['fix_versions']) or 'no version'}"
        for package in report
        for weakness in package.get("vulns", [])
    ]
    unknown = [package["name"] for package in report if "skip_reason" in package]
    is_weak = bool(lines)
    if len(unknown) == len(report):
        lines.append(f"Skipped: none of {len(report)} packages is known there.")
    elif unknown:
        said = f"Skipped: {len(unknown)} of {len(report)} packages are not known there"
        lines.append(f"{said}: {', '.join(unknown)}.")
    if not is_weak and len(unknown) < len(report):
        lines.append(f"No weakness is known of {len(report) - len(unknown)} packages.")
    return lines, is_weak, not unknown


def main() -> None:
    """Ask about the file that is named on the command line."""
    lines, is_weak, is_whole = describe(ask(sys.argv[1]))
    print("\n".join(lines))
    sys.exit(is_weak or (not is_whole and os.environ.get("CI") == "true"))


if __name__ == "__main__":
    main()
