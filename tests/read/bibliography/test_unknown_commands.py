from datetime import date

import pytest

from marginal_risk.read.bibliography import BibFile, read_references
from marginal_risk.read.bibliography.latex import spell_out_unknown
from marginal_risk.rows import Person


@pytest.mark.parametrize(
    ("typed", "spelt", "names"),
    [
        (r"The \pkg{robots} program", "The {robots} program", ["pkg"]),
        (r"On \UNIX{} and \UNIX\ and {\UNIX}", r"On UNIX{} and UNIX\ and {UNIX}", ["UNIX"]),
        (r"{\ourfont Robots} and {\NTG News}", "{Robots} and {NTG News}", ["ourfont", "NTG"]),
        (r"See \cite[p.~5]{robots}", "See {robots}", ["cite"]),
        (r"\shout{a \whisper{b}}", "{a {b}}", ["shout", "whisper"]),
        (r"$\ourset{R} \in \alpha$", r"${R} \in \alpha$", ["ourset"]),
        (r"\emph{Known} \'e \& \ss", r"\emph{Known} \'e \& \ss", []),
        # Of two arguments it is not known which is shown; and these take no words.
        (r"\VAN{Dijk}{Van}{van} Dijk", r"\VAN{Dijk}{Van}{van} Dijk", []),
        (r"\pkg[x] robots", r"\pkg[x] robots", []),
        (r"a\kern b \begin{x}", r"a\kern b \begin{x}", []),
        (r"Meta\kern-.15em Font, A\hskip 3pt\ V\kern .1em\UNIX", r"MetaFont, A\ VUNIX", ["UNIX"]),
    ],
)
def test_an_unknown_command_is_its_argument_or_its_name(
    typed: str, spelt: str, names: list[str]
) -> None:
    assert spell_out_unknown(typed) == (spelt, names)


def read(fields: str) -> tuple[str | None, tuple[Person, ...], list[tuple[str, str]]]:
    file = BibFile("a.bib", f"@misc{{k, year = 2020, publisher = {{P}}, {fields}}}")
    bibliography = read_references([file], date(2026, 1, 1))
    said = [(problem.field, problem.rule) for problem in bibliography.problems]
    if not bibliography.references:
        return None, (), said
    (found,) = bibliography.references
    return found.study.title, found.authors, said


def test_an_unknown_command_costs_no_entry_and_is_told() -> None:
    title, authors, said = read(r"author = {{\Ourbody{Office}} and Doe, \nick{J}}, title = {\MF\X}")
    assert title == "METAFONTX"
    assert authors == (
        Person("Office", "Office", is_corporate=True),
        Person("Doe, J", "Doe", "J"),
    )
    assert said == [("author", "unknown-command"), ("title", "unknown-command")]


def test_a_kern_costs_no_entry_and_is_not_told() -> None:
    title, authors, said = read(r"author = {D{\kern0.1em}oe, Jane}, title = {Meta\kern-.1em Font}")
    assert (title, [author.name for author in authors], said) == ("MetaFont", ["Doe, Jane"], [])


def test_what_is_wrong_besides_an_unknown_command_is_told() -> None:
    assert read(r"author = {A}, title = {\oops \frac}") == (None, (), [("title", "bad-latex")])
    assert read(r"author = {\oops, A, B}, title = {T}")[2] == [("author", "bad-name")]


def test_journals_are_named_as_astronomers_name_them() -> None:
    file = BibFile(
        "a.bib", r"@article{k, author = {A}, title = {T}, year = 2020, journal = {\apjl}}"
    )
    (found,) = read_references([file], date(2026, 1, 1)).references
    assert found.study.venue == "ApJ"
