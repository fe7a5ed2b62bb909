import pytest

from marginal_risk.read.bibliography.latex import decode, spell_out_unknown, without_plain_tex


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (
            r"On \verb|\Robot~x|, \verb*+a b+ and {\tt\path!r_1--r_2$!}",
            r"On \Robot~x, a b and r_1--r_2$",
        ),
        (r"At \path=https://example.org/~a=", "At https://example.org/~a"),
        (
            r"{\tt\char`\\robot} \char`~r \char'137 \char95\char`\% \char`\{x\char`\}",
            r"\robot ~r __% {x}",
        ),
        (
            r"Dv{\accent'27u}r, D\accent23 ur, na\accent127 \i ve, \accent 19 E",
            "Dvůr, Důr, naïve, É",
        ),
        (r'\accent"7F o\accent"5E\j', "ö\u0135"),
        (r"\noopsort{1}{\switchargs{--80}{1978}}", "1978\u201380"),
        (r"\printfirst{1979}{a} \switchargs{a} {b}", "1979 ba"),
        (r"A\kern-.1emB, C\hskip 3pt D, E{\kern+1,5ex}F, G\mkern18muH", "AB, CD, EF, GH"),
    ],
)
def test_what_plain_tex_shows(typed: str, shown: str) -> None:
    assert decode(without_plain_tex(typed)) == shown


@pytest.mark.parametrize(
    "text",
    [
        r"\verb{x}", r"\verb x y x", r"\verb|x", r"\verb|{x}|", r"\char", r"\char7 x", r"\char300",
        r"\accent7 o", r"\accent'23", r"\kern x", r"\switchargs{a}", "\\verbatim|x|",
    ],
)  # fmt: skip
def test_what_it_does_not_know_stays(text: str) -> None:
    assert without_plain_tex(text) == text


def test_a_sign_in_braces_is_no_second_argument() -> None:
    assert spell_out_unknown(r"\pkg{robot}{\Dash}a \pkg{x}{\TeX}") == (
        r"{robot}{\Dash}a {x}{\TeX}",
        ["pkg"],
    )
    assert spell_out_unknown(r"\eqn{\rho}{rho}") == (r"\eqn{\rho}{rho}", [])
