"""data/bib -> references + problems (the only user of bibtexparser)."""

from marginal_risk.read.bibliography.pieces import BibFile
from marginal_risk.read.bibliography.reading import read_references

__all__ = ["BibFile", "read_references"]
