"""Which addresses of the site a frozen copy has."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

_SHOWN = frozenset({"codings", "dir", "page", "sort", "view"})
"""Parameters of the site's own pages that say how something is shown."""
_NARROWED = frozenset({"coded", "vector"})
"""Those that leave something out. Any number of them can be combined, and all of that is linked: so
a copy has one at a time, whose list is in its first order."""
_BESIDE_NARROWED = frozenset({"codings", "page"})
_VALUE = re.compile(r"[a-z0-9_]{1,60}")
_EXACT = re.compile(r"[A-Za-z0-9_]{1,60}__exact")
"""A parameter that keeps the rows of a table with a value."""
_HOW = frozenset({"_size", "_stream"})
"""Parameters that say how rows are sent: a file has all of them."""
_STATIC = ("/-/static/", "/-/static-plugins/")
_CLOSED = ("/-/", "/contribute", "/health", "/v/")


@dataclass(frozen=True)
class SiteAddress:
    """An address below the site's root."""

    path: str
    """Without percent-encoding; it begins with a slash."""
    query: tuple[tuple[str, str], ...] = ()

    @property
    def target(self) -> str:
        """The address as a browser asks for it."""
        query = f"?{urlencode(self.query)}" if self.query else ""
        return quote(self.path, safe="/~!$&'()*+,;=:@") + query

    @property
    def extension(self) -> str:
        """What follows the last dot of a file's name, with the dot; '' for a page."""
        found = re.search(r"[^/](\.[A-Za-z0-9]{1,8})$", self.path)
        return found[1] if found else ""

    @property
    def stem(self) -> str:
        """The path without the extension."""
        return self.path.removesuffix(self.extension)


@dataclass(frozen=True)
class Root:
    """Where the site is: all its addresses begin so."""

    url: str
    """Scheme, host and prefix, without a slash at the end."""

    @property
    def prefix(self) -> str:
        """The path of the root, without a slash at the end."""
        return urlsplit(self.url).path

    def of(self, address: SiteAddress) -> str:
        """Return the whole of an address."""
        return self.url + address.target

    def follow(self, page: SiteAddress, link: str) -> tuple[SiteAddress, str] | None:
        """Return the address that a link of a page leads to, and its fragment with the '#'.

        None for a link to another site, and for one within the page.
        """
        if link.startswith("#"):
            return None
        try:
            found = urlsplit(urljoin(self.of(page), link))
        except ValueError:
            return None
        whole = f"{found.scheme}://{found.netloc}{found.path}"
        if whole != self.url and not whole.startswith(f"{self.url}/"):
            return None
        path = unquote(whole.removeprefix(self.url)) or "/"
        query = tuple(parse_qsl(found.query, keep_blank_values=True))
        return SiteAddress(path, query), f"#{found.fragment}" if found.fragment else ""


@dataclass(frozen=True)
class Kept:
    """The addresses of a site that have a file in its copy."""

    database: str
    """The address of the database."""
    sources: Collection[str]
    """The names of its tables, views and stored queries."""
    closed: tuple[str, ...] = ()
    """Addresses that this copy cannot have, and extensions of such."""

    def find(self, address: SiteAddress) -> SiteAddress | None:
        """Return the address whose file a link to this one leads to; None where there is none."""
        path = address.path
        if path.startswith(_STATIC):
            return SiteAddress(path)  # the query of a static file says only which version it is
        if path.startswith(_CLOSED) or {path, address.extension} & {*self.closed}:
            return None
        if path == self.database:
            return SiteAddress("/data")
        if path.startswith(f"{self.database}/"):
            return self._find_rows(address)
        return address if _is_one_of_few(address.query) else None

    def source_of(self, address: SiteAddress) -> str | None:
        """Return the table, view or stored query whose rows an address has; None for others."""
        name = address.stem.removeprefix(f"{self.database}/")
        return (
            name if address.path.startswith(f"{self.database}/") and name in self.sources else None
        )

    def _find_rows(self, address: SiteAddress) -> SiteAddress | None:
        if self.source_of(address) is None:
            return None
        pairs = tuple(pair for pair in address.query if pair[0] not in _HOW)
        if all(_EXACT.fullmatch(name) for name, _ in pairs):
            return SiteAddress(address.path, pairs)
        return None


def _is_one_of_few(query: tuple[tuple[str, str], ...]) -> bool:
    """Tell whether a query of the site's own pages is one of those that a copy has."""
    names = {name for name, _ in query}
    if len(names) < len(query) or not all(_VALUE.fullmatch(value) for _, value in query):
        return False
    narrowed = names & _NARROWED
    return names <= (narrowed | (_BESIDE_NARROWED if narrowed else _SHOWN)) and len(narrowed) < 2
