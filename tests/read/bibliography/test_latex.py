# ruff: noqa: RUF001  (the characters that look like others are meant)
"""LaTeX as it is shown, commands that nobody knows included."""

import re
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.read.bibliography import BibFile, read_references
from marginal_risk.read.bibliography.latex import (
    decode,
    decode_verbatim,
    spell_out_unknown,
    tidy,
    without_plain_tex,
)
from marginal_risk.rows import Person


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        # Accents, in each of the ways that they are typed.
        (r"\'{e}", "é"),
        (r"{\'e}", "é"),
        (r"\'e", "é"),
        (r"{\"o}", "ö"),
        (r"Beyonc\'{e}", "Beyoncé"),
        (r"\v{s}", "š"),
        (r"\v s", "š"),
        (r"\c{c}\k{a}\r{u}\H{o}\u{g}\d{h}\b{d}\.z\=a", "çąůőğḥḏżā"),
        (r"na{\"\i}ve \'{\i} {\'{\i}}", "naïve í í"),
        (r"Vi\d{\^e}t, \'{\^{e}}", "Việt, ế"),
        (r"Erd{\H o}s and Dvo{\v r}{\'a}k", "Erdős and Dvořák"),
        (r"on (10\=12) and \={1}100 faces", "on (101\u03042) and 1\u0304100 faces"),
        (r"\'Etienne \"{U}ber", "Étienne Über"),
        (r"se\~{n}or \~n", "señor ñ"),
        (r"\'{et}at \'{e-t}", "état é-t"),
        (r"\~{} \^{}", "~ ^"),
        (r"\t{oo}", "o\u0361o"),
        (r"\textcommabelow{S}\textcommabelow{t} \h{a} \G{a} \f{a} \polhk{a}", "Șț ả ȁ ȃ ą"),
        # Letters and ligatures; a command eats the space after it, as in TeX.
        (r"Stra\ss e, Stra{\ss}e, Stra\ss{}e", "Straße, Straße, Straße"),
        (r"\o re {\O}re \aa{} \AE sop \oe uvre \l{}\L", "øre Øre å Æsop œuvre łŁ"),
        (r"{\relax Ch}arles", "Charles"),
        ("``quoted''", "“quoted”"),
        ("pages 1--2, and --- well", "pages 1–2, and — well"),
        ("a~b", "a b"),
        ("?`Qu\\'e?", "¿Qué?"),
        (r"shelf{}ful", "shelfful"),
        # Characters that TeX would take for syntax.
        (r"R\&D at 5\% of \$3 \#1 a\_b \{x\}", "R&D at 5% of $3 #1 a_b {x}"),
        (r"R\&amp;D", "R&D"),
        ("R&amp;D &amp;amp; &lt;i&gt;x&lt;/i&gt;", "R&D & <i>x</i>"),
        (r"\&lt;b\&gt; M&uuml;ller&\#39;s &#x2014; &#228;", "<b> Müller's — ä"),
        ("AT&T; a &nosuch; b &#123;", "AT&T; a &nosuch; b &#123;"),
        ("R&D at 5% of #1 a_b x^2", "R&D at 5% of #1 a_b x^2"),
        (r"100% \'etat & more", "100% état & more"),
        ("from $5 to $10 billion", "from $5 to $10 billion"),
        (r"\textless{}i\textgreater{}x\textless/i\textgreater", "<i>x</i>"),
        (r"\textasciitilde\textasciicircum\textbackslash\textbar\textquotesingle", "~^\\|'"),
        (r"a\textendash b\textemdash{}c \ldots", "a–b—c …"),
        (r"a\-b\/c d\,e\ f\\g", "abc d e f g"),
        # Formulas.
        (r"$\alpha$-helix", "α-helix"),
        (r"$\pm$0.1\%, 5 mm$^2$0, $-$50, $\sim $3 and $<$10", "±0.1%, 5 mm^20, -50, ∼3 and <10"),
        ("from $5-$10 or $5 to $10", "from $5-$10 or $5 to $10"),
        (r"\(\beta\) and \ensuremath{\gamma}", "β and γ"),
        (
            r"\ensuremath{\mathbb{R}^2}, \mathcal{O}(n) and \frac{1}{\sqrt{2}}",
            "ℝ^2, 𝒪(n) and 1/√(2)",
        ),
        (r"\enquote*{a}\hspace*{1em}b \ce{CO2}", "“a”b CO2"),
        (r"$\mathbb{R}^2$ is $\leq$ $5\times$", "ℝ^2 is ≤ 5×"),
        (r"$\frac{a}{b}$ at $5\%$ of $\$3$ \({x}\)", "a/b at 5% of $3 x"),
        ("a {$x} and {$y}, $x{$y}", "a $x and $y, $x$y"),
        (r"$\frac{\sqrt{x^{\frac{1}{y}}}}{2}$", "√(x^1/y)/2"),
        ("$k$-anonymity", "k-anonymity"),
        (r"2 $^\circ$C, 3$^{\circ}$, $4^\circ C$, 5 $\degree$C", "2 °C, 3°, 4°C, 5 °C"),
        (
            r"$5\textgreater x\textless 5$ $\protect\alpha$ CO$\textsubscript{2}$ $\pounds 3$",
            "5>x<5 α CO2 £3",
        ),
        (r"$5\textpercent$ $\textbraceleft x\textbraceright$", "5% {x}"),
        (r"$\circledast^{\circ\circ}$ $f \circ g$", "⊛^∘∘ f ∘ g"),
        (r"$\rm NP$ ${\cal O}(\log n)$ $\mbox{a b}$ $\left( x \right)$", "NP O(log n) a b ( x )"),
        (r"$\operatorname{rank} x \ne \boldsymbol{y}$", "rank x ≠y"),
        # Commands that change the look, or whose argument is not shown.
        (r"\emph{in vivo} {\em x} \textbf{\'{e}t\'e} \texttt{a_b}", "in vivo x été a_b"),
        (r"1\textsuperscript{st}", "1st"),
        (r"\href{https://example.org/a_b}{a page}", "a page"),
        (r"\textcolor{red}{stop}", "stop"),
        (r"\noopsort{1973b}1973", "1973"),
        (
            r"1973\unskip--75, a\hyphen b\adddot\addspace\mkbibacro{XML} \mkbibbrackets{c}",
            "1973–75, a-b. XML [c]",
        ),
        (r"\enquote{so \enquote{it} is}", "“so “it” is”"),
        (r"\LaTeX{} and \TeX", "LaTeX and TeX"),
        (r"{\small x} \acro{ABC} \MF{} {\LaTeXe} \mkbibparens{x}", "x ABC METAFONT LaTeX2ε (x)"),
        # Addresses stay as they are.
        (r"\url{https://example.org/~a--b\_c}", "https://example.org/~a--b_c"),
        ("see https://example.org/~a--b now~--", "see https://example.org/~a--b now –"),
        # Nothing of LaTeX.
        ("{The {Title}} of {{Things}}", "The Title of Things"),
        ("<script>alert('x')</script>", "<script>alert('x')</script>"),
        ("風険の分析", "風険の分析"),
        ("مخاطر النماذج", "مخاطر النماذج"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("  two\n  lines\t", "two lines"),
        ("", ""),
    ],
)
def test_what_latex_shows(typed: str, shown: str) -> None:
    assert decode(typed) == shown


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (r"\frobnicate{x}", r"\frobnicate is not a command"),
        (r"$\frobnicate$", r"\frobnicate is not a command"),
        (r"\begin{x}", r"\begin is not a command"),
        (r"\input{/etc/passwd}", r"\input is not a command"),
        (r"\today", r"\today is not a command"),  # would depend on the day
        (r"$\today$", r"\today is not a command"),
        (r"$\input{/etc/passwd}$", r"\input is not a command"),
        (r"$\verb|x|$", r"\verb is not a command"),
        (r"$\frac{1}$", r"the formula $\frac{1}$ cannot be read"),
        (r"$\frac$", r"the formula $\frac$ cannot be read"),
        (r"$\href{a}$", r"the formula $\href{a}$ cannot be read"),
        ("$}{$", "a brace closes what is not open"),
        (r"\cite{x}", r"\cite is not a command"),
        (r"$a\today$", r"\today is not a command"),
        (r"\frac{1}", r"the formula $\frac{1}$ cannot be read"),
        (r"\frac 1 2", r"\frac is not a command"),
        (r"\footnote{x}", r"\footnote is not a command"),
        (r"\[x", r"\[ is not a command"),
        ("{a", "a brace is not closed"),
        ("a}", "a brace closes what is not open"),
        (r"M\'", r"nothing follows \'"),
        (r"{M\'}x", r"nothing follows \'"),
        (r"\'{}", r"no letter follows \'"),
        (r"\'\"e", r"nothing follows \'"),
        (r"\emph" * 3 + r"\enquote{" * 30 + "}" * 30, "nested too deep"),
    ],
)
def test_what_cannot_be_shown_is_said(typed: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        decode(typed)


def test_an_accent_is_composed_and_control_characters_go() -> None:
    assert tidy("e\u0301a\x00\u202eb\u00ad\ufeff") == "éab"


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        (r"\url{https://example.org/a_b}", "https://example.org/a_b"),
        (r"https://example.org/a\_b\%20c\#d\&e", "https://example.org/a_b%20c#d&e"),
        (r"https://example.org/{\~{}}me/a{\_}b", "https://example.org/~me/a_b"),
        (r"https://example.org/\~{}me", "https://example.org/~me"),
        (r"https://example.org/\textasciitilde me", "https://example.org/~ me"),
        (r"https://example.org/{\textasciitilde}me", "https://example.org/~me"),
        (r"https://example.org/$\sim$me", "https://example.org/~me"),
        (" \\url{https://example.org}", "https://example.org"),
        ("{{ 10.5555/a--b~c }}", "10.5555/a--b~c"),
    ],
)
def test_identifiers_lose_only_their_escapes(typed: str, plain: str) -> None:
    assert decode_verbatim(typed) == plain


def shown_or_refused(text: str) -> str:
    try:
        return decode(text)
    except ValueError as error:
        return f"refused, because {error}"


PIECES = ["a", "é", "z ", "~", "-", "--", "---", "``", "''", "`", "'", "?`", "{x}", "{", "}"]
PIECES += ["%", "&", "#", "$", "_", "^", "\n", "https://example.org/~a--b "]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_a_command_elsewhere_changes_nothing(text: str) -> None:
    """Ties, dashes and quotes read the same beside a back slash as without one."""
    assert shown_or_refused(text + r" \relax") == shown_or_refused(text)


@given(st.text(alphabet=st.characters(exclude_characters="\\${}", exclude_categories=["Cs"])))
def test_decoding_twice_changes_nothing_more(text: str) -> None:
    assert decode(decode(text)) == decode(text)


@given(st.text(alphabet=st.characters(exclude_categories=["P", "S", "C", "Z"])))
def test_letters_and_digits_are_shown_as_they_are(text: str) -> None:
    assert decode(text) == tidy(text)


@given(st.text(alphabet=r"\'\"{}$~-`a eé%" + "\n"))
def test_any_latex_is_shown_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert "\n" not in decode(text)


@pytest.mark.parametrize("size", [30_000])
@pytest.mark.parametrize("part", ["{", "}", "{a", r"\'{", r"\'", "$", "$a ", r"\(", "\\", "~", "-"])
def test_hostile_latex_is_read_without_recursion(part: str, size: int) -> None:
    for text in (part * size, part * size + "}" * size, r"\relax" + part * size):
        with suppress(ValueError):
            decode(text)
        assert isinstance(decode_verbatim(text), str)


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
def test_what_plain_tex_does_not_say_stays(text: str) -> None:
    assert without_plain_tex(text) == text


def test_a_sign_in_braces_is_no_second_argument() -> None:
    assert spell_out_unknown(r"\pkg{robot}{\Dash}a \pkg{x}{\TeX}") == (
        r"{robot}{\Dash}a {x}{\TeX}",
        ["pkg"],
    )
    assert spell_out_unknown(r"\eqn{\rho}{rho}") == (r"\eqn{\rho}{rho}", [])


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
