"""Dates, years and months, however an entry writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginal_risk.read.bibliography.dates import (
    read_date,
    read_decade,
    read_month,
    read_written_date,
    with_month,
)


# The forms are those of the biblatex manual, section 2.3.8.
@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2023", "2023"),
        (" 2023 ", "2023"),
        ("2023-05", "2023-05"),
        ("2023-05-31", "2023-05-31"),
        ("2024-02-29", "2024-02-29"),
        ("2023-05-31T12:00:00Z", "2023-05-31"),
        ("2023-05/2023-06", "2023-05"),
        ("2023/2024", "2023"),
        ("2023/", "2023"),
        ("2023/..", "2023"),
        ("/2023", "2023"),
        ("../2023", "2023"),
        ("2023~", "2023"),
        ("2023?", "2023"),
        ("2023-05%", "2023-05"),
        ("2023-21", "2023"),  # spring
        ("2023/open", "2023"),
        ("unknown/2023", "2023"),
        ("2023-uu", "2023"),
        ("2023-XX", "2023"),
        ("2023-05-XX", "2023-05"),
        ("2023-XX-XX", "2023"),
        ("-0044", "-0044"),
        ("-0044-03-15", "-0044-03-15"),
        ("0000", "0000"),
        ("23", None),
        ("20234", None),
        ("202X", None),
        ("2023-13", None),
        ("2023-00", None),
        ("2023-5", None),
        ("2023-02-29", None),
        ("2023-06-31", None),
        ("2023-21-01", None),
        ("2023-XX-01", None),
        ("2023/2024/2025", None),
        ("2023/soon", None),
        ("soon", None),
        ("..", None),
        ("/", None),
        ("", None),
        ("٢٠٢٣", None),
        ("May 2023", None),
        ("2023-2024", None),
    ],
)
def test_dates(text: str, date: str | None) -> None:
    assert read_date(text) == date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2023", "2023"),
        ("2023-05-31", "2023-05-31"),
        ("c. 1999", "1999"),
        ("ca. 1999", "1999"),
        ("circa 1999", "1999"),
        ("[1999]", "1999"),
        ("1999?", "1999"),
        ("1999a", "1999"),
        ("1999--2001", "1999"),
        ("1999\u20132001", "1999"),
        ("1999-2001", "1999"),
        ("1999\u20134", "1999"),
        ("1999/2001", "1999"),
        ("May 1999", "1999-05"),
        ("Sept. 1999", "1999-09"),
        ("6 May 1999", "1999-05-06"),
        ("6. May 1999", "1999-05-06"),
        ("May 6th, 1999", "1999-05-06"),
        ("31 Sept. 1999", None),
        ("Jan/Feb 1999", "1999-01"),
        ("March--April 1999", "1999-03"),
        ("Spring 1999", "1999"),
        ("Someday 1999", None),
        # Years that go on, and what is said of a year.
        ("1999--", "1999"),
        ("1999\u2013present", "1999"),
        ("1999- .", "1999"),
        ("c1999 -", "1999"),
        ("p1999", "1999"),
        ("cop. 1999", "1999"),
        ("1999 ?", "1999"),
        ("1999 (to appear)", "1999"),
        ("1999\uff08\u5e73\u6210\uff09", "1999"),
        ("1999 (or 2000)", None),
        ("1999, 2001", None),
        # Several days, and the year first.
        ("September 8-10, 1999", "1999-09-08"),
        ("4--8 May 1999", "1999-05-04"),
        ("1999 Aug 1", "1999-08-01"),
        ("1999 Jan-Feb", "1999-01"),
        ("1999 Spring", "1999"),
        ("1999 Aug 32", None),
        ("Sat May 01 00:00:00 EDT 1999", "1999-05-01"),
        # Other languages.
        ("3. M\u00e4rz 1999", "1999-03-03"),
        ("ao\u00fbt 1999", "1999-08"),
        ("Septiembre 1999", "1999-09"),
        ("15 maggio 1999", "1999-05-15"),
        ("1999-5", "1999-05"),
        ("1999-5-6", "1999-05-06"),
        ("1999.05.06", "1999-05-06"),
        ("1999/5/6", "1999-05-06"),
        ("1999-5/6", None),
        ("1999-13-1", None),
        ("5/1999", "1999-05"),
        ("05.1999", "1999-05"),
        ("31.5.1999", "1999-05-31"),
        ("13/1999", None),
        ("00/1999", None),
        ("5/6/1999", "1999"),
        ("5-6-1999", "1999"),
        ("31/5/1999", "1999-05-31"),
        ("31-05-1999", "1999-05-31"),
        ("05-31-1999", "1999-05-31"),
        ("31/6/1999", None),
        ("31-31-1999", None),
        ("0-5-1999", None),
        ("20XX", None),
        ("in press", None),
        ("in 1999", None),
        ("vol 1999", None),
        ("19999", None),
        ("99", None),
        ("n.d.", None),
        ("", None),
    ],
)
def test_a_date_as_people_write_it(text: str, date: str | None) -> None:
    assert read_written_date(text) == date


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("199X", "1990"),
        ("199u", "1990"),
        ("19XX~", "1900"),
        ("-038X", "-0380"),
        ("1XXX", None),
        ("19XX-05", None),
        ("1990", None),
    ],
)
def test_a_decade_gives_its_first_year(text: str, year: str | None) -> None:
    assert read_decade(text) == year


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("1", "01"),
        (" 07\n", "07"),
        ("12", "12"),
        ("jan", "01"),
        ("Sept.", "09"),
        ("8,", "08"),
        ("DECEMBER", "12"),
        ("July~5--10", "07"),
        ("10 May", "05"),
        ("Jan/Feb", "01"),
        ("Dezember", "12"),
        ("Maerz", "03"),
        ("d\u00e9cembre", "12"),
        ("maio/ago.", "05"),
        ("25 abr.", "04"),
        ("0", None),
        ("13", None),
        ("Winter", None),
        ("dismay", None),
        ("", None),
    ],
)
def test_months(text: str, month: str | None) -> None:
    assert read_month(text) == month


@pytest.mark.parametrize(
    ("month", "day", "date"),
    [
        ("", "", "1999"),
        ("", "5", "1999"),
        ("May", "", "1999-05"),
        ("05", "", "1999-05"),
        ("May", "5", "1999-05-05"),
        ("05", " 05 ", "1999-05-05"),
        ("May", "5th", "1999-05-05"),
        ("May", "5--7", "1999-05-05"),
        ("May", "Monday", "1999-05"),
        ("May", "32", "1999-05"),
        ("February", "30", "1999-02"),
        ("May", "1999", "1999-05"),
        ("May", "0", "1999-05"),
        ("5~May", "", "1999-05-05"),
        ("5 may", "", "1999-05-05"),
        ("May 5", "", "1999-05-05"),
        ("May 5th", "", "1999-05-05"),
        ("May~12--14", "", "1999-05-12"),
        ("12--14 May", "", "1999-05-12"),
        ("25 abr.", "", "1999-04-25"),
        ("April/May 5", "", "1999-04"),
        ("May 32", "", "1999-05"),
        ("May 1999", "", "1999-05"),
        ("May 5", "6", "1999-05-06"),
        ("Winter 5", "", "1999"),
    ],
)
def test_a_month_and_a_day_beside_their_year(month: str, day: str, date: str) -> None:
    assert with_month("1999", month, day) == date


@given(st.text(alphabet="0123456789~-. ay", max_size=8), st.text(max_size=4))
def test_any_month_and_day_leave_the_year(month: str, day: str) -> None:
    found = with_month("1999", f"{month}May", day)
    assert found == "1999-05" or read_date(found) == found


@given(st.dates())
def test_an_iso_date_is_read_as_it_is(date: object) -> None:
    assert read_date(str(date)) == str(date)


@given(st.text(alphabet="0123456789-/.XT?~ a"))
def test_any_text_is_a_date_or_not(text: str) -> None:
    found = read_date(text)
    assert found is None or found in text
    assert read_written_date(text) is None or read_written_date(text)[:4] in text
    read_month(text)
