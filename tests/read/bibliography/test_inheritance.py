"""What an entry takes from the entries that its crossref and xdata name."""

import pytest

from marginal_risk.read.bibliography.entries import Entry, parse_entries
from marginal_risk.read.bibliography.inheritance import inherit_fields


def inherit(text: str) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Return the fields of each entry without those that name a parent, and the problems."""
    parsed = parse_entries(text, "a.bib")
    complete, problems = inherit_fields(parsed.entries, parsed.lost_keys)
    links = ("crossref", "xdata")
    fields = {e.key: {k: v for k, v in e.fields.items() if k not in links} for e in complete}
    return fields, [str(problem) for problem in problems]


PART = "@inproceedings{part, title = {Part}, crossref = {whole}}\n"
WHOLE = "@proceedings{whole, title = {Whole}, editor = {E}, year = 2020, publisher = {P}}\n"


@pytest.mark.parametrize("text", [PART + WHOLE, WHOLE + PART])
def test_a_part_takes_what_it_lacks_in_either_order(text: str) -> None:
    fields, problems = inherit(text)
    assert fields["part"] == {
        "title": "Part",
        "booktitle": "Whole",
        "editor": "E",
        "year": "2020",
        "publisher": "P",
    }
    assert problems == []


def test_its_own_field_wins() -> None:
    fields, _ = inherit(WHOLE + PART.replace("crossref", "booktitle = {B}, year = 2019, crossref"))
    assert (fields["part"]["booktitle"], fields["part"]["year"]) == ("B", "2019")


def test_the_booktitle_of_the_whole_wins_over_its_title() -> None:
    for whole in ("title = {T}, booktitle = {B}", "booktitle = {B}, title = {T}"):
        fields, _ = inherit(PART + f"@book{{whole, {whole}}}")
        assert fields["part"] == {"title": "Part", "booktitle": "B"}


def test_identifiers_of_the_whole_are_not_those_of_the_part() -> None:
    whole = "doi = {10.5555/w}, url = {u}, eprint = {e}, pages = {1}, abstract = {a}, note = {n}"
    fields, _ = inherit(PART + f"@proceedings{{whole, {whole}, isbn = {{i}}, series = {{S}}}}")
    assert fields["part"] == {"title": "Part", "series": "S"}


def test_a_date_is_taken_whole_or_not_at_all() -> None:
    whole = "@proceedings{whole, date = {2020-05-01}, year = 2020, month = may}"
    assert (
        "date" not in inherit(PART.replace("crossref", "year = 2019, crossref") + whole)[0]["part"]
    )
    fields, _ = inherit(PART.replace("crossref", "month = jun, crossref") + whole)
    assert (fields["part"]["month"], fields["part"]["year"]) == ("June", "2020")


@pytest.mark.parametrize(
    ("child", "parent", "taken"),
    [
        ("inbook", "book", "booktitle"),
        ("incollection", "collection", "booktitle"),
        ("conference", "proceedings", "booktitle"),
        ("article", "periodical", "journal"),
        ("book", "mvbook", "title"),
        ("misc", "misc", "title"),
    ],
)
def test_the_name_of_an_inherited_title(child: str, parent: str, taken: str) -> None:
    fields, _ = inherit(f"@{child}{{c, crossref = {{p}}}}\n@{parent}{{p, title = {{T}}}}")
    assert fields["c"] == {taken: "T"}


@pytest.mark.parametrize("child", ["book", "misc", "article", "inbook"])
def test_a_title_of_its_own_takes_no_subtitle_of_another(child: str) -> None:
    whole = "@mvbook{w, title = {Rivers}, subtitle = {A Gazetteer}}"
    fields, _ = inherit(f"@{child}{{c, title = {{The Weser}}, crossref = {{w}}}}\n{whole}")
    assert fields["c"]["title"] == "The Weser"
    assert "subtitle" not in fields["c"]


def test_a_subtitle_comes_with_an_inherited_title_and_from_xdata() -> None:
    fields, _ = inherit("@book{c, crossref = {w}}\n@book{w, title = {T}, subtitle = {S}}")
    assert fields["c"] == {"title": "T", "subtitle": "S"}
    fields, _ = inherit("@book{c, title = {T}, xdata = {x}}\n@xdata{x, subtitle = {S}}")
    assert fields["c"] == {"title": "T", "subtitle": "S"}


def test_keys_are_found_whatever_their_case() -> None:
    fields, problems = inherit("@misc{c, crossref = {PARENT}}\n@misc{Parent, year = 2020}")
    assert (fields["c"], problems) == ({"year": "2020"}, [])


def test_xdata_gives_all_it_has_and_is_no_entry() -> None:
    fields, problems = inherit(
        "@online{c, xdata = {one, two}, crossref = {p}}\n"
        "@xdata{one, url = {u}, xdata = {three}}\n"
        "@xdata{two, doi = {d}, url = {other}}\n"
        "@xdata{three, organization = {O}}\n"
        "@misc{p, organization = {another}, language = {de}}\n"
    )
    assert problems == []
    assert sorted(fields) == ["c", "p"]
    assert fields["c"] == {"url": "u", "doi": "d", "organization": "O", "language": "de"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "@misc{a,\n crossref = {parnt}}\n@misc{parent}",
            "a.bib:2: crossref: There is no entry 'parnt' to take fields from. Did you mean "
            "'parent'? [bad-crossref]",
        ),
        (
            "@misc{a,\n xdata = {a}}",
            "a.bib:2: xdata: Taking fields from 'a' leads back to this entry. Delete this xdata. "
            "[bad-crossref]",
        ),
        (
            "@misc{a, crossref = {b}}\n@misc{b, crossref = {c}}\n@misc{c, crossref = {a}}",
            "a.bib:3: crossref: Taking fields from 'a' leads back to this entry. Delete this "
            "crossref. [bad-crossref]",
        ),
        (
            "@misc{a, crossref = {B}}\n@misc{b, title = nowhere}",
            "a.bib:1: crossref: The entry 'B' to take fields from has problems of its own. "
            "Correct that entry first. [bad-crossref]",
        ),
    ],
)
def test_a_parent_that_cannot_give_is_reported_once(text: str, message: str) -> None:
    fields, problems = inherit(text)
    assert problems == [message]
    assert "a" in fields


def test_a_cycle_still_hands_on_what_it_can() -> None:
    fields, _ = inherit(
        "@misc{a, crossref = {b}}\n@misc{b, crossref = {c}}\n@misc{c, crossref = {a}, year = 2020}"
    )
    assert fields == {"a": {"year": "2020"}, "b": {"year": "2020"}, "c": {"year": "2020"}}


def test_a_chain_may_be_as_long_as_the_file() -> None:
    size = 5000
    text = "".join(f"@misc{{k{i}, crossref = {{k{i + 1}}}, own{i} = {{x}}}}\n" for i in range(size))
    fields, problems = inherit(text + f"@misc{{k{size}, year = 2020}}")
    assert problems == []
    assert fields["k0"] == {"own0": "x", "year": "2020"}  # what means nothing is not handed on


def test_a_long_list_of_parents_is_read() -> None:
    size = 3000
    names = ",".join(f"x{i}" for i in range(size))
    text = "".join(f"@xdata{{x{i}, note = {{{i}}}}}\n" for i in range(size))
    fields, problems = inherit(f"@misc{{k, xdata = {{{names}}}}}\n{text}")
    assert (fields, problems) == ({"k": {"note": "0"}}, [])


def test_the_entry_itself_is_not_changed() -> None:
    entries: list[Entry] = parse_entries(PART + WHOLE, "a.bib").entries
    inherit_fields(entries)
    assert entries[0].fields == {"title": "Part", "crossref": "whole"}


def test_what_is_inherited_stays_within_bounds() -> None:
    size = 400
    long = "A, B and " * 10_000 + "C, D"
    text = "".join(f"@misc{{k{i}, crossref = {{p}}}}\n" for i in range(size))
    fields, problems = inherit(text + f"@misc{{p, author = {{{long}}}}}")
    inherited = sum("author" in own for key, own in fields.items() if key != "p")
    # Of 400 times 90 kB, a fixed part of 10 MB and 2 kB for each of the 401 entries.
    assert inherited == (10_000_000 + 2_000 * 401) // len(long)
    assert len(problems) == size - inherited
    assert problems[0].startswith("a.bib:121: crossref: Taking fields from 'p' makes the bib")
