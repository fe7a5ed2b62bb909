"""The marginal risk evidence map: BibTeX + coding sheet -> checked records -> tables -> pages."""

from importlib.metadata import version

__version__ = version("marginal-risk")
