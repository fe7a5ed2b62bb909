"""What a change does to the map: two states of the data, compared in the reader's words.

``sources`` reads a revision or directory as a corpus; ``snapshot`` reads a built database as
rows with keys; ``comparing`` finds what differs; ``description`` puts the differences into words
(``wording``), and ``rendering`` prints them as text, Markdown or JSON; ``releasing`` makes the tag
of a release from them.
"""
