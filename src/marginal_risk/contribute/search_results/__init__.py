"""Search exports of any database -> entries of the bibliography.

Each format has a module that turns its records into BibTeX entries; from there on they are read
and checked like every entry of the data, so one implementation decides what is good.
"""
