import re

from hypothesis import example, given

from bibtex_fragments import TEXTS
from marginal_risk.read.bibliography.canonical import canonical_bibtex
from marginal_risk.read.bibliography.entries import parse_mended_blocks
from marginal_risk.read.bibliography.mending import MendedEntry, mend_entry


@given(TEXTS)
@example("@misc{\ufeff title = {A}@misc{a,")
def test_what_is_mended_is_read_as_the_same_entry(text: str) -> None:
    for block in parse_mended_blocks(text):
        if isinstance(block, MendedEntry) and block.key:
            (again,) = parse_mended_blocks(block.raw)
            assert not getattr(again, "changes", [])
            assert (again.key, again.entry_type.lower()) == (block.key, block.entry_type.lower())
            fields = [(part.key, part.value) for part in block.fields]
            assert [(part.key, part.value.replace("\uffff", "")) for part in again.fields] == fields


@given(TEXTS)
def test_nothing_is_left_out_without_a_word(text: str) -> None:
    for block in parse_mended_blocks(text):
        if isinstance(block, MendedEntry):
            assert block.original in text
            passed = sum("assed over" in change.message for change in block.changes)
            if not passed and block.key:
                letters = re.sub(r"[\W_]", "", block.original)
                assert letters == re.sub(r"[\W_]", "", block.raw)


def test_a_text_that_is_cut_off_is_not_mended() -> None:
    text = "@misc{a, title = {A}, year = 20"
    assert mend_entry(text, 0, is_last=True) is None
    assert mend_entry(text, 0, is_last=False)


def test_a_remark_inside_an_entry_comes_to_stand_before_it() -> None:
    text = """@misc{a,
  title = {A}, % first
  % second = {B},
  year = 2020,
}
"""
    canonical = canonical_bibtex(text)
    assert (
        canonical
        == """% first
% second = {B},
@misc{a,
  title = {A},
  year = 2020,
}
"""
    )
    assert canonical_bibtex(canonical) == canonical
    assert len(parse_mended_blocks(canonical)) == 2
