"""What a change does to the map: two states of the data, compared in the reader's words.

A revision or directory becomes a corpus (``sources``), a database, and rows with keys
(``snapshot``); ``comparing`` tells them apart, ``describing`` puts the changes into words, and
``rendering`` and ``structured`` print them.
"""
