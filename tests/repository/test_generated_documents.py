"""'make docs': what it writes of a codebook and of codings, and that it writes nothing else."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from places import FROZEN, ROOT, TINY

DOCUMENTS = (
    *("CONTRIBUTING.md", "README.md"),
    *("docs/addresses.txt", "docs/map.svg", "docs/protocol.md"),
)
FORMS = ".github/ISSUE_TEMPLATE"


@pytest.fixture(scope="module")
def docs() -> ModuleType:
    """Return the program that ``make docs`` runs."""
    spec = importlib.util.spec_from_file_location("docs", ROOT / ".ci" / "docs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a copy of the documents."""
    for name in DOCUMENTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / FORMS, tmp_path / FORMS)
    return tmp_path


def test_rules_cases_and_readings_are_written_as_the_data_has_them(
    docs: ModuleType, tmp_path: Path
) -> None:
    codebook = yaml.safe_load((TINY / "codebook.yml").read_text(encoding="utf-8"))
    codebook["steps"][0] |= {
        "note": "Who is meant counts.",
        "borderline": [
            {
                "citekey": "fictive2022",
                "misuse_vector": "robot_calls",
                "level": "partial",
                "reason": "Calls, and no caller.",
            }
        ],
    }
    assert docs.write_rules(codebook).splitlines() == [
        "| step | addressed | partial | absent |",
        "| --- | --- | --- | --- |",
        "| `threat`: Does the study say what the threat is, and by whom? | Names the misuse and "
        "the actor. | Names one of the two. | Names neither. |",
        "| `added_risk`: Does the study compare the harm with a baseline? | Compares the harm with"
        " a stated baseline. | Gives evidence of harm, without a baseline. | Gives no evidence of"
        " harm. |",
        "| `defense`: Does the study say how to defend against the added risk? | Says how, and how"
        " far it helps. | Says how. | Says nothing of defense. |",
        "",
        "- `threat`: Who is meant counts.",
    ]
    assert docs.write_cases(codebook) == (
        "- fictive2022 (robot_calls), `threat`: *partial*. Calls, and no caller."
    )
    data = Path(shutil.copytree(TINY, tmp_path / "data"))
    sheet = data / "rationales.csv"
    text = sheet.read_text(encoding="utf-8")
    low = "invented2020,forged_letters,tabulated2024,defense,low"
    sheet.write_text(text.replace(low.replace("low", "high"), low), encoding="utf-8")
    assert docs.write_borderline(data) == (
        "- invented2020, `defense`: *absent*. Does not discuss seals or signatures."
    )


def test_a_new_word_is_put_into_every_document_and_nothing_else_changes(
    docs: ModuleType, clone: Path, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(FROZEN, tmp_path / "data"))
    for path, text in docs.write_documents(clone, data):
        path.write_text(text, encoding="utf-8")
    before = {path: path.read_text("utf-8") for path, _ in docs.write_documents(clone, data)}
    codebook = (data / "codebook.yml").read_text(encoding="utf-8")
    vector = "  - slug: lost_keys\n    name: Lost keys\n    definition: Keys that nobody lost.\n"
    changed = codebook.replace("\n# The step that asks", f"{vector}\n# The step that asks")
    (data / "codebook.yml").write_text(changed, encoding="utf-8")
    after = dict(docs.write_documents(clone, data))
    form = clone / FORMS / "suggest-a-study.yml"
    gained = set(after[form].splitlines()) - set(before[form].splitlines())
    assert gained == {"        - Lost keys (lost_keys)"}
    assert "        - None of these\n" in after[form]
    readme = clone / "README.md"
    assert "of 8 misuse vectors" in after[readme]
    assert before[readme].partition("> - ")[0] == after[readme].partition("> - ")[0]
    assert after[clone / "CONTRIBUTING.md"] == before[clone / "CONTRIBUTING.md"]
    assert "Lost keys" in after[clone / "docs" / "map.svg"]


def test_a_document_without_its_marks_is_refused(docs: ModuleType) -> None:
    with pytest.raises(ValueError, match="There are 0 parts between marks for 'rules'"):
        docs.put_between_marks("Nothing here.\n", "rules", "| step |")
    with pytest.raises(ValueError, match="no list 'step'"):
        docs.put_options("body: []\n", "step", [])
