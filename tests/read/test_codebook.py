"""The codebook: what it says, and every mistake in it with its line."""

import time

import pytest

from marginal_risk.read.codebook import FIXED, LATER, SECTIONS, read_codebook
from marginal_risk.rows import Codebook
from places import DATA

TINY = (DATA / "tiny" / "codebook.yml").read_text(encoding="utf-8")


def problems_of(text: str) -> list[str]:
    """Return what is wrong with a codebook, each as 'line: field: message hint'."""
    codebook, problems = read_codebook(text, "c.yml")
    assert (codebook == Codebook()) == bool(problems)
    said = [str(problem) for problem in problems]
    assert all(line.startswith("c.yml:") and line.endswith(" [bad-codebook]") for line in said)
    return [line.removeprefix("c.yml:").removesuffix(" [bad-codebook]") for line in said]


def edited(old: str, new: str) -> str:
    assert old in TINY
    return TINY.replace(old, new, 1)


def test_the_terms_come_in_the_order_of_the_file() -> None:
    codebook, problems = read_codebook(TINY, "c.yml")
    assert problems == []
    assert [(vector.slug, vector.position) for vector in codebook.misuse_vectors] == [
        ("forged_letters", 1),
        ("robot_calls", 2),
        ("fake_maps", 3),
    ]
    assert [step.slug for step in codebook.steps] == ["threat", "added_risk", "defense"]
    assert [kind.slug for kind in codebook.coder_kinds] == list(FIXED["coder_kinds"])
    assert [kind.slug for kind in codebook.gap_kinds] == list(FIXED["gap_kinds"])


def test_a_reason_says_whether_it_names_another_study() -> None:
    codebook, _ = read_codebook(TINY, "c.yml")
    reasons = {reason.slug: reason.names_study for reason in codebook.exclusion_reasons}
    assert reasons == {"no_misuse": False, "duplicate_of": True}


def test_whether_a_reason_names_a_study_is_yes_or_no() -> None:
    assert problems_of(edited("names_study: yes", "names_study: perhaps")) == [
        "100: names_study: 'perhaps' is neither yes nor no. Write yes or no."
    ]


def test_a_map_has_room_for_a_hundred_steps() -> None:
    first = TINY.index("  - slug: threat")
    second = TINY.index("  - slug: added_risk")
    step = TINY[first:second]

    def with_steps(number: int) -> str:
        more = (step.replace("slug: threat", f"slug: more{i}") for i in range(number - 3))
        return TINY[:second] + "".join(more) + TINY[second:]

    assert problems_of(with_steps(100)) == []
    assert problems_of(with_steps(2100)) == [
        "16: steps: There are 2100 steps, and a map shows at most 100. Merge steps, or make a map"
        " for each group."
    ]


@pytest.mark.parametrize("section", ["exclusion_reasons", "study_types"])
def test_the_words_of_a_map_may_be_its_own_where_no_view_uses_them(section: str) -> None:
    first = {"exclusion_reasons": "no_misuse", "study_types": "measured"}[section]
    codebook, problems = read_codebook(edited(f"slug: {first}", "slug: another_word"), "c.yml")
    assert problems == []
    assert getattr(codebook, section)[0].slug == "another_word"


def test_a_level_ranks_higher_the_earlier_it_stands() -> None:
    codebook, _ = read_codebook(TINY, "c.yml")
    assert {level.slug: level.rank for level in codebook.levels} == {
        "addressed": 3,
        "partial": 2,
        "absent": 1,
    }


def test_one_step_asks_for_marginal_risk() -> None:
    codebook, _ = read_codebook(TINY, "c.yml")
    marked = {step.slug: step.is_marginal_risk for step in codebook.steps}
    assert marked == {"threat": False, "added_risk": True, "defense": False}


def test_a_full_name_is_the_name_where_none_is_given() -> None:
    codebook, _ = read_codebook(TINY, "c.yml")
    assert [step.full_name for step in codebook.steps] == [
        "Threat",
        "Added risk of invented models",
        "Defense",
    ]


def test_every_step_says_what_earns_every_level() -> None:
    codebook, _ = read_codebook(TINY, "c.yml")
    assert len(codebook.coding_rules) == 9
    rules = {(rule.step, rule.level): rule.rule for rule in codebook.coding_rules}
    assert rules["added_risk", "partial"] == "Gives evidence of harm, without a baseline."


def test_a_folded_text_is_read_as_one_line() -> None:
    text = edited(
        "definition: Names the misuse and the actor.",
        "definition: >-\n      Names the misuse\n      and the actor.\n",
    )
    codebook, problems = read_codebook(text, "c.yml")
    assert problems == []
    assert codebook.steps[0].definition == "Names the misuse and the actor."


@pytest.mark.parametrize("word", ["2024", "1.10", "true", "no", "2024-01-01", "0x1F"])
def test_what_yaml_takes_for_a_number_or_a_truth_is_read_as_typed(word: str) -> None:
    codebook, problems = read_codebook(edited("name: Threat", f"name: {word}"), "c.yml")
    assert problems == []
    assert codebook.steps[0].name == word


MISTAKES = {
    "unknown section": (
        ("confidences:", "confidence:"),
        [
            "57: confidence: The codebook has no such section. Did you mean 'confidences'?",
            "3: confidences: This section is missing. Add 'confidences:'.",
        ],
    ),
    "empty section": (
        (TINY[TINY.index("  - slug: high") : TINY.index("coder_kinds:")], ""),
        [
            "57: confidences: This must be a list with at least one item. "
            "Start each item with '- slug:'."
        ],
    ),
    "mapping for a list": (
        (TINY[TINY.index("  - slug: forged") : TINY.index("marginal_risk_step")], "  a: b\n"),
        [
            "3: misuse_vectors: This must be a list with at least one item. "
            "Start each item with '- slug:'."
        ],
    ),
    "text for an item": (
        ("  - slug: fake_maps\n", "  - fake maps\n  - slug: fake_maps\n"),
        ["10: misuse_vectors: Here must stand lines of the form 'name: value'."],
    ),
    "text for a step": (
        ("  - slug: threat\n", "  - threat\n  - slug: threat\n"),
        ["17: steps: Here must stand lines of the form 'name: value'."],
    ),
    "list for a text": (
        ("name: Threat\n", "name: [Threat]\n"),
        ["18: name: This must be a text. Put it in quotes."],
    ),
    "mapping for a text": (
        ("definition: Names the misuse", "definition: Names: the misuse"),
        [
            "19: yaml: This is not valid YAML: mapping values are not allowed here. "
            "Check the indentation, and put a text that holds ': ' or ' #' in quotes."
        ],
    ),
    "list for a name": (
        ("    name: Threat\n", "    name: Threat\n    ? [a, b]\n    : c\n"),
        ["19: steps: A name is a single word. Write 'name: value'."],
    ),
    "missing key": (
        ("    name: Robot calls\n", ""),
        ["7: name: 'robot_calls' has no name. Add 'name:'."],
    ),
    "missing name of a step, whose full name is the name": (
        ("    name: Threat\n", ""),
        ["17: name: 'threat' has no name. Add 'name:'."],
    ),
    "missing slug": (
        ("  - slug: robot_calls\n    name: Robot calls\n", "  - name: Robot calls\n"),
        ["7: slug: This item has no slug. Add 'slug:'."],
    ),
    "missing fixed slug": (
        ("  - slug: partial\n    name: Partial\n", "  - name: Partial\n"),
        ["48: slug: This item has no slug. Add 'slug:'."],
    ),
    "empty text": (
        ("name: Robot calls", "name: ''"),
        ["8: name: 'robot_calls' has an empty name. Fill it in."],
    ),
    "nothing": (
        ("name: Robot calls", "name:"),
        ["8: name: 'robot_calls' has an empty name. Fill it in."],
    ),
    "null": (
        ("name: Robot calls", "name: ~"),
        ["8: name: 'robot_calls' has an empty name. Fill it in."],
    ),
    "unknown key": (
        ("    definition: Maps", "    defintion: Maps"),
        [
            "12: defintion: An item of misuse_vectors has no such key. Did you mean 'definition'?",
            "10: definition: 'fake_maps' has no definition. Add 'definition:'.",
        ],
    ),
    "key that is computed": (
        ("    name: Threat\n", "    name: Threat\n    is_marginal_risk: true\n"),
        [
            "19: is_marginal_risk: An item of steps has no such key. "
            "Use one of: definition, full_name, name, note, question, slug."
        ],
    ),
    "key given twice": (
        ("    name: Threat\n", "    name: Threat\n    name: Thread\n"),
        ["19: name: This name is given twice. Keep one of them."],
    ),
    "section given twice": (
        ("steps:\n", "steps: []\nsteps:\n"),
        [
            "17: steps: This name is given twice. Keep one of them.",
            "16: steps: This must be a list with at least one item. "
            "Start each item with '- slug:'.",
        ],
    ),
    "slug that is none": (
        ("slug: robot_calls", "slug: Robot calls"),
        ["7: slug: 'Robot calls' is no slug. Use a-z, 0-9 and '_', and start with a letter."],
    ),
    "slug that is empty": (
        ("slug: robot_calls", "slug:"),
        ["7: slug: This item has an empty slug. Fill it in."],
    ),
    "slug given twice": (
        ("slug: robot_calls", "slug: forged_letters"),
        ["7: slug: 'forged_letters' stands twice in misuse_vectors. Rename one of them."],
    ),
    "symbol of two characters": (
        ("symbol: ●", "symbol: ●●"),
        ["46: symbol: '●●' is too long. Give a single character."],
    ),
    "fixed slugs renamed": (
        ("slug: partial", "slug: partly"),
        [
            "43: levels: The program gives these slugs a meaning, so they are fixed. "
            "Give these, in this order: addressed, partial, absent."
        ],
    ),
    "fixed slugs in another order": (
        ("slug: high", "slug: low\n    name: Low\n    definition: Two.\n  - slug: high"),
        [
            "64: slug: 'low' stands twice in confidences. Rename one of them.",
            "57: confidences: The program gives these slugs a meaning, so they are fixed. "
            "Give these, in this order: high, low.",
        ],
    ),
    "marginal step that is none": (
        ("marginal_risk_step: added_risk", "marginal_risk_step: aded_risk"),
        [
            "14: marginal_risk_step: 'aded_risk' is not the slug of a step. "
            "Did you mean 'added_risk'?"
        ],
    ),
    "marginal step that is a list": (
        ("marginal_risk_step: added_risk", "marginal_risk_step: [added_risk]"),
        ["14: marginal_risk_step: This must be a text. Put it in quotes."],
    ),
    "step without levels": (
        (TINY[TINY.index("    levels:\n") : TINY.index("  - slug: added_risk")], ""),
        [
            "17: levels: 'threat' does not say what earns a level. "
            "Add 'levels:' with a line for each of: addressed, partial, absent."
        ],
    ),
    "step with levels that are a list": (
        (
            TINY[TINY.index("    levels:\n") : TINY.index("  - slug: added_risk")],
            "    levels: [addressed, partial, absent]\n",
        ),
        ["21: levels: Here must stand lines of the form 'name: value'."],
    ),
    "level without a rule": (
        ("      partial: Names one of the two.\n", ""),
        ["21: levels: 'threat' does not say what earns 'partial'. Add it after 'partial:'."],
    ),
    "level with an empty rule": (
        ("      partial: Names one of the two.\n", "      partial:\n"),
        ["21: levels: 'threat' does not say what earns 'partial'. Add it after 'partial:'."],
    ),
    "level with a list for a rule": (
        ("      partial: Names one of the two.\n", "      partial: [one]\n"),
        ["23: partial: This must be a text. Put it in quotes."],
    ),
    "rule for a level that is none": (
        ("      partial: Names one", "      partail: Names one"),
        [
            "23: partail: There is no such level. Did you mean 'partial'?",
            "21: levels: 'threat' does not say what earns 'partial'. Add it after 'partial:'.",
        ],
    ),
    "levels of a vector": (
        ("    name: Robot calls\n", "    name: Robot calls\n    levels: {addressed: Yes.}\n"),
        [
            "9: levels: An item of misuse_vectors has no such key. "
            "Use one of: definition, name, slug."
        ],
    ),
    "unclosed bracket": (
        ("steps:\n", "steps: [\n"),
        [
            "17: yaml: This is not valid YAML: expected the node content, but found '-'. "
            "Check the indentation, and put a text that holds ': ' or ' #' in quotes."
        ],
    ),
    "tab": (
        ("    name: Threat", "\tname: Threat"),
        [
            "18: yaml: This is not valid YAML: found character '\\t' that cannot start any token. "
            "Check the indentation, and put a text that holds ': ' or ' #' in quotes."
        ],
    ),
    "control character": (
        ("name: Threat", "name: Thr\x00eat"),
        [
            "18: yaml: This is not valid YAML: '\\x00' cannot stand in it. "
            "Check the indentation, and put a text that holds ': ' or ' #' in quotes."
        ],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_at_its_line(mistake: str) -> None:
    (old, new), expected = MISTAKES[mistake]
    assert problems_of(edited(old, new)) == expected


@pytest.mark.parametrize(
    "slug", ["citekey", "misuse_vector", "coder", "coded_on", "note", "coders"]
)
def test_a_step_may_not_be_called_like_another_column(slug: str) -> None:
    assert problems_of(edited("slug: defense", f"slug: {slug}")) == [
        f"34: slug: {slug!r} is the name of another column in studies.csv or in a view. "
        "Give the step another slug."
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1: codebook: Here must stand lines of the form 'name: value'."),
        ("# only a comment\n", "1: codebook: Here must stand lines of the form 'name: value'."),
        ("- a\n- b\n", "1: codebook: Here must stand lines of the form 'name: value'."),
        ("\n\nwords\n", "3: codebook: Here must stand lines of the form 'name: value'."),
    ],
)
def test_a_file_that_is_no_codebook_is_told_once(text: str, said: str) -> None:
    assert problems_of(text) == [said]


def test_every_missing_section_is_told() -> None:
    fields = [line.split(": ")[1] for line in problems_of("title: no codebook\n")]
    assert fields == ["title", *(name for name in SECTIONS if name not in LATER)]


def test_all_mistakes_are_told_in_one_run() -> None:
    text = edited("name: Threat", "nme: Threat").replace("symbol: ◐", "symbol: ''")
    assert [line.split(": ")[:2] for line in problems_of(text)] == [
        ["18", "nme"],
        ["17", "name"],
        ["50", "symbol"],
    ]


BOMB = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40)
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("marginal_risk_step: added_risk", "marginal_risk_step: *a39"),
        ("slug: threat", "slug: *a39"),
        ("slug: high", "slug: *a39"),
        ("name: Threat", "name: *a39"),
        ("name: Threat", "*a39 : Threat"),
        ("partial: Names one of the two.", "partial: *a39"),
        ("misuse_vectors:", "other: *a39\nmisuse_vectors:"),
    ],
)
def test_an_alias_that_stands_for_more_than_there_is_memory_does_no_harm(
    old: str, new: str
) -> None:
    started = time.monotonic()
    assert problems_of(BOMB + edited(old, new))
    assert time.monotonic() - started < 5


def test_lists_without_end_are_told() -> None:
    assert problems_of("[" * 100_000) == [
        "1: yaml: This is not valid YAML: its parts are nested too deeply. "
        "Check the indentation, and put a text that holds ': ' or ' #' in quotes."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "&a [*a]",
        "steps: &a\n  - *a\n",
        "&a {*a : *a}",
        "&a {steps: *a, levels: *a}",
        "{a: " * 5_000,
        "- " * 5_000,
        "a: b\n---\na: b\n",
        "*nobody",
        "!!python/object/apply:os.system ['true']",
        "%YAML 9.9\n---\na",
        "\ud7ff\ufffe",
        "? ",
    ],
)
def test_strange_yaml_is_a_problem_and_never_raises(text: str) -> None:
    assert problems_of(text)


def test_an_alias_may_be_used_like_the_text_it_stands_for() -> None:
    text = edited("name: Threat", "name: &name Threat").replace("name: Defense", "name: *name")
    codebook, problems = read_codebook(text, "c.yml")
    assert problems == []
    assert codebook.steps[2].name == "Threat"
