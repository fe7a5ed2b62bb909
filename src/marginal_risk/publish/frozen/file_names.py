"""What the file of an address is called, on every file system."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from marginal_risk.publish.frozen.addresses import SiteAddress

_LONGEST = 120
"""Characters of a name: with a folder's path before it, some systems take 260."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._~=,-]|^\.|\.$")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that Windows has for itself."""


class Files:
    """The files of a copy, by address; no two are one where a file system ignores case."""

    def __init__(self, reserved: tuple[str, ...]) -> None:
        self._files: dict[SiteAddress, str] = {}
        self._names = {name.casefold() for name in reserved}
        self._folders: set[str] = set()

    def find(self, address: SiteAddress) -> str:
        """Return the path of an address's file in the copy, with slashes between its parts."""
        found = self._files.get(address)
        if found is None:
            found = self._files[address] = self._choose(address)
        return found

    def _choose(self, address: SiteAddress) -> str:
        path = PurePosixPath(_name(address))
        mark = f"~{hashlib.sha256(address.target.encode()).hexdigest()[:8]}"
        if not self._names.isdisjoint(_folded(path.parents)):
            path = PurePosixPath(mark) / path.name  # a file has the name of its folder
        if str(path).casefold() in self._names | self._folders:
            path = path.with_name(f"{path.stem}{mark}{path.suffix}")
        self._names.add(str(path).casefold())
        self._folders |= _folded(path.parents)
        return str(path)


def _folded(paths: Iterable[PurePosixPath]) -> set[str]:
    return {str(path).casefold() for path in paths}


def _name(address: SiteAddress) -> str:
    """Return a file's path: of a page, the index of a folder; of a query, a file in that folder.

    So the addresses of the site without a query are those of the copy as well, as every host
    answers the address of a folder with its index.
    """
    parts = [_safe(part) for part in address.path.strip("/").split("/") if part]
    if not address.query:
        return "/".join(parts if address.extension else [*parts, "index.html"])
    if address.extension:
        parts[-1] = parts[-1].removesuffix(address.extension)
    pairs = ",".join(f"{name}={value}" for name, value in address.query)
    return "/".join([*parts, f"{_safe(pairs)}{address.extension or '.html'}"])


def _safe(name: str) -> str:
    """Return a name that every file system and host takes, without one that leads elsewhere."""
    safe = _UNSAFE.sub(lambda found: "".join(f"~{byte:02X}" for byte in found[0].encode()), name)
    if _DEVICE.fullmatch(safe):
        safe = f"~{safe}"
    if len(safe) > _LONGEST:
        digest = hashlib.sha256(name.encode()).hexdigest()[:16]
        return f"{safe[: _LONGEST - 17]}~{digest}"
    return safe
