"""data/bib -> references + problems (the only user of bibtexparser)."""

from marginal_risk.bibliography.reading import BibFile, read_references

__all__ = ["BibFile", "read_references"]
