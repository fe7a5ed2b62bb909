"""What CI and the image install: each package of the constraints, and no byte that is unknown."""

import re
import tomllib

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
