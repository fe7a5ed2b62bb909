"""Files of answers: read as they were written, and refused with a reason."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.contribute.coding.answers import Answers, StepAnswer, read_answers
from offered import ANSWERS


def test_a_file_of_answers_is_read_as_it_was_written() -> None:
    assert read_answers(ANSWERS.as_json()) == ANSWERS
    assert read_answers(Answers().as_json()) == Answers()
    assert read_answers("{}") == Answers()


def test_what_was_left_empty_is_kept_and_named_only_where_something_was() -> None:
    answers = Answers(left_empty=("note", "level threat"))
    assert read_answers(answers.as_json()) == answers
    assert "left_empty" not in Answers().as_json()


@given(st.text(), st.dictionaries(st.text(max_size=5), st.builds(StepAnswer, st.text(), st.text())))
def test_any_text_is_kept(text: str, steps: dict[str, StepAnswer]) -> None:
    answers = Answers(bibtex=text, note=text, steps=steps)
    assert read_answers(answers.as_json()) == answers


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: it is not JSON"),
        ('{\n"study":', "line 2: it is not JSON"),
        ("[]", "the file must hold names with values"),
        ('{"sutdy": "x"}', "'sutdy', which is no answer"),
        ('{"study": 1}', "'study' must be a text"),
        ('{"steps": []}', "'steps' must hold names with values"),
        ('{"steps": {"threat": "absent"}}', "'threat' must hold names with values"),
        ('{"steps": {"threat": {"levle": ""}}}', "step 'threat' holds 'levle'"),
        ('{"left_empty": "note"}', "'left_empty' must be a list of texts"),
        ('{"left_empty": [1]}', "'left_empty' must be a list of texts"),
        ('{"steps": {"threat": {"level": null}}}', "'level' must be a text"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_file_of_answers_is_told(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_answers(text)


@given(st.text(st.sampled_from('{}[]":,0eEaut\\ \n'), max_size=40))
def test_no_text_raises_anything_else(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(read_answers(text), Answers)


ISSUE = """### Answers

```json
%s
```

### Remarks

I wrote none of it. $(touch /tmp/x) `id`
"""


def test_the_answers_of_an_issue_are_read_and_nothing_else_of_it() -> None:
    assert read_answers(ISSUE % ANSWERS.as_brief_json()) == ANSWERS
    assert read_answers((ISSUE % ANSWERS.as_brief_json()).replace("\n", "\r\n")) == ANSWERS
    fenced = ANSWERS.as_brief_json().replace("misleads ships", "misleads ``` ships")
    assert "```" in read_answers(ISSUE % fenced).steps["threat"].rationale


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("### Answers\n\n_No response_\n", "it is not JSON"),
        (ISSUE % "{}" + ISSUE % "{}", "several blocks of answers"),
        (ISSUE % '{"steps": 1}', "'steps' must hold names"),
        ("```json\n{\n", "it is not JSON"),
    ],
)
def test_an_issue_without_answers_is_told(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_answers(text)
