"""What CI and the image install: each package of the constraints, and no byte that is unknown."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from places import ROOT


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(text: str) -> dict[str, str]:
    """Return the version of each package that a text pins, by its normalized name."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^ \n]+)", text, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_package_has_the_version_of_the_constraints_and_hashes(name: str) -> None:
    text = read(f"requirements/{name}.txt")
    constraints = pins(read("constraints.txt"))
    assert {package: constraints.get(package) for package in pins(text)} == pins(text)
    requirements = text.replace("\\\n", " ").splitlines()
    assert len(requirements) == len(pins(text)) > 50
    for line in requirements:
        assert re.fullmatch(r"\S+==[^#]*?( +--hash=sha256:[0-9a-f]{64})+", line), line[:60]


def test_every_constraint_and_every_dependency_is_among_them() -> None:
    run, dev = pins(read("requirements/run.txt")), pins(read("requirements/dev.txt"))
    assert pins(read("constraints.txt")) == dev
    assert run.items() <= dev.items()
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = {re.split(r"[^A-Za-z0-9._-]", line)[0] for line in project["dependencies"]}
    assert {re.sub(r"[-_.]+", "-", name).lower() for name in wanted} <= set(run)
    assert {"hatchling", "editables"} <= set(run)


def test_the_image_and_ci_install_nothing_else() -> None:
    installs = re.findall(r"pip install (.+?)(?: \\| *$)", read("Dockerfile"), re.MULTILINE)
    assert len(installs) == 2
    assert "--require-hashes --requirement requirements/run.txt" in installs[0]
    assert "--no-deps --no-build-isolation ." in installs[1]
    for recipe in re.findall(r"^ifeq \(\$\(CI\),true\)\n(.*?)^else", read("Makefile"), re.M | re.S):
        for line in recipe.splitlines():
            assert "HASHED" in line or "--no-deps" in line, line


def test_they_name_no_place_where_packages_were_fetched() -> None:
    for name in ("run", "dev"):
        assert not re.search(
            r"https?:|file:|--(?:extra-)?index|--find-links", read(f"requirements/{name}.txt")
        )


def test_the_bill_of_materials_has_each_package_of_the_image_with_its_hashes(
    tmp_path: Path,
) -> None:
    (recipe,) = re.findall(r"^sbom:.*\n((?:\t.*\n)+)", read("Makefile"), re.MULTILINE)
    words = recipe.replace("\\\n", " ").split()
    assert words[:2] == ["$(BIN)/cyclonedx-py", "requirements"]
    words[words.index("sbom.cdx.json")] = str(tmp_path / "bom.json")
    done = subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", *words[1:]], cwd=ROOT, check=False, text=True
    )
    assert done.returncode == 0
    bill = json.loads((tmp_path / "bom.json").read_text(encoding="utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "marginal-risk"
    found = {
        re.sub(r"[-_.]+", "-", part["name"]).lower(): part["version"] for part in bill["components"]
    }
    assert found == pins(read("requirements/run.txt"))
    for part in bill["components"]:
        (place,) = part["externalReferences"]
        assert {each["alg"] for each in place["hashes"]} == {"SHA-256"}, part["name"]


AUDIT = ROOT / ".ci" / "audit.py"
KNOWN = {"name": "a", "version": "1.0", "vulns": []}
WEAK = {"name": "b", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
LEFT_OUT = {"name": "c", "skip_reason": "not found"}


def audit(folder: Path, answer: object, ci: str) -> "subprocess.CompletedProcess[str]":
    """Run the audit with a pip-audit that prints this."""
    text = answer if isinstance(answer, str) else json.dumps({"dependencies": answer})
    (folder / "pip_audit.py").write_text(f"print({text!r})", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(folder), "CI": ci}
    words = [sys.executable, str(AUDIT), "requirements/run.txt"]
    return subprocess.run(words, env=environment, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("answer", "codes", "said"),
    [
        ([KNOWN, KNOWN], (0, 0), "No weakness is known of 2 packages.\n"),
        ([KNOWN, WEAK], (1, 1), "b 2.0: PYSEC-1, mended in 2.1\n"),
        ([KNOWN, WEAK, LEFT_OUT], (1, 1), "PYSEC-1, mended in 2.1\nSkipped: 1 of 3 packages"),
        ([KNOWN, LEFT_OUT], (0, 1), "Skipped: 1 of 2 packages are not known there: c.\nNo"),
        ([LEFT_OUT], (0, 1), "Skipped: none of 1 packages is known there.\n"),
        ("no answer", (0, 1), "Skipped: the list of known weaknesses cannot be reached.\n"),
    ],
)
def test_the_audit_passes_where_no_weakness_is_known_and_says_what_it_skips(
    tmp_path: Path, answer: object, codes: tuple[int, int], said: str
) -> None:
    by_hand, on_ci = audit(tmp_path, answer, ""), audit(tmp_path, answer, "true")
    assert (by_hand.returncode, on_ci.returncode) == codes
    assert said in by_hand.stdout
    assert by_hand.stdout == on_ci.stdout


def test_without_a_network_the_audit_is_skipped_and_says_so() -> None:
    nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    environment = {**os.environ, **nowhere, "CI": ""}
    done = subprocess.run(
        [sys.executable, str(AUDIT), "requirements/run.txt"],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (
        0,
        "Skipped: the list of known weaknesses cannot be reached.\n",
    )
