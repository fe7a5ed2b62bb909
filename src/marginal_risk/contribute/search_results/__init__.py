"""The results of a literature search, exported by any database -> entries of the bibliography.

Each format has a module that turns its records into BibTeX entries. Those are then read and
checked like every entry of the data.
"""
