"""What the tests of comparisons share: data directories as snapshots, and texts as sections."""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from marginal_risk.contribute.changes.comparing import Changes
from marginal_risk.contribute.changes.rendering import as_text
from marginal_risk.contribute.changes.snapshot import Snapshot, read_snapshot
from marginal_risk.publish.queries import open_database
from pages import build

ATTACK = "</script><script>alert(1)</script><!-- \"'"


def snapshot_of(data: Path) -> Snapshot:
    with (
        TemporaryDirectory() as folder,
        closing(open_database(build(data, Path(folder)))) as connection,
    ):
        return read_snapshot(connection, data.name)


def edit(path: Path, old: str, new: str) -> None:
    """Put new text in place of an old one, which must be there once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (path, old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")


def add(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def make_hostile(data: Path) -> None:
    """Give a study of the invented data a title that ends scripts and attributes."""
    bib = data / "bib" / "invented.bib"
    text = bib.read_text("utf-8").replace(r"Forgers \& <Other> Inventions", ATTACK)
    bib.write_text(text, "utf-8")


def sections_of(changes: Changes) -> dict[str, list[str]]:
    """Return the lines of each section of the text, without the numbers of the whole."""
    sections: dict[str, list[str]] = {}
    for block in as_text(changes).split("\n\n")[1:]:
        title, *lines = block.splitlines()
        name, count = title.rstrip(")").rsplit(" (", 1)
        assert int(count) == sum(not line.startswith("    ") for line in lines)
        sections[name] = [line.removeprefix("  ") for line in lines]
    return sections
