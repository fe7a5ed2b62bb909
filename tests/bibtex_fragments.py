"""A sound entry of BibTeX, and texts for hypothesis that are nearly BibTeX."""

from hypothesis import strategies as st

SOUND = "@misc{%s, author = {A, B}, title = {%s}, year = 2020, publisher = {P}}\n"
"""A sound entry, of a key and a title."""

FRAGMENTS = [
    *("@misc{a,", "\n@inproceedings{b,", "\n@xdata{c,", "\n@string{s = ", "@comment{", "@{", "@"),
    *("\n@commentary{h,", "\n@commentary", "\n@in-book{i,", " text@\n\nmisc{j,", "\\oops{x}"),
    *("\n@misc(d,", "\n @misc{e,", "\n@preamble{", "\n@comment{", "\n@misc", "% @misc{f,", "\n% "),
    *(" title = {A}", " author = {B, C and D}", " year = 2020", " date = {2020-13}", " month = s"),
    *(" crossref = {a}", " xdata = {c}", " crossref = {b}", " eprint = {2301.00001}", " doi = {1}"),
    *(" url = {HTTPS://example.org}", " url = {http://[}", " author = {, x}", " note = {\\'}"),
    *(" author = {{A B and C D}}", " year = {c. 1999}", " date = {1999~/..}", " note = {$x$}"),
    *(",", "{", "}", "(", ")", '"', "=", "#", "\n", "\\", "%", "$", "~", " and ", "é", "\x00"),
    *("}\n", "}\n", "},\n", "\ufeff", "\u202e", " keywords = {;,;}", " year = {٢٠٢٠}", " s "),
    "\n@misc{g, author = {A, B}, title = {T}, year = 2020, publisher = {P}}\n",
]
TEXTS = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join) | st.text()
