"""Look whether links, DOIs and arXiv papers of the bibliography still stand, and what is retracted.

    python .ci/watch.py [DATA] > report.md

Prints a report in Markdown, or nothing where all is well. What cannot be asked (a page that
refuses programs, a service that does not answer) is no finding. Who is asked, and how:

- https://www.doi.org/the-identifier/resources/factsheets/doi-resolution-documentation (handles)
- https://www.crossref.org/documentation/retrieve-metadata/rest-api/ (filter 'updates')
- https://info.arxiv.org/help/api/user-manual.html
"""

import http.client
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree

from marginal_risk.check.corpus import read_corpus
from marginal_risk.contribute.changes.rendering import escape
from marginal_risk.rows import Reference

SECONDS = 20
PAUSE = 0.2
"""Seconds between two questions: the services ask for few a second."""
MOST_BYTES = 5_000_000
PAPERS_AT_ONCE = 50
_GONE = (404, 410)
_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
# What Crossref says of a work that should no longer be relied on as it was.
_UPDATES = {
    "retraction": "it was retracted",
    "partial_retraction": "it was retracted in part",
    "withdrawal": "it was withdrawn",
    "removal": "it was removed",
    "expression_of_concern": "there is an expression of concern",
}


class Answer(NamedTuple):
    """What a service answered: its status, 0 where it did not answer; and the body."""

    status: int
    body: bytes = b""


Ask = Callable[[str], Answer]


class Finding(NamedTuple):
    """Something to look at, about one study."""

    citekey: str
    message: str


def ask_the_net(address: str) -> Answer:
    """Return what an address answers; nothing is raised where it does not."""
    time.sleep(PAUSE)
    headers = {"User-Agent": "marginal-risk-evidence-map (checks its references once a week)"}
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            return Answer(response.status, response.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        return Answer(error.code)
    except (OSError, ValueError, http.client.HTTPException):
        return Answer(0)


def find_lost_dois(references: Sequence[Reference], ask: Ask) -> Iterator[Finding]:
    """Find DOIs that nobody registered, or registers any longer."""
    for study in (reference.study for reference in references):
        if study.doi:
            answer = ask(f"https://doi.org/api/handles/{quote(study.doi)}")
            # 100: "handle not found", which comes with the status 404.
            if answer.status == 404 or _json(answer).get("responseCode") == 100:
                yield Finding(study.citekey, f"the DOI {study.doi} leads nowhere")


def find_retractions(references: Sequence[Reference], ask: Ask) -> Iterator[Finding]:
    """Find works that their publisher has retracted, withdrawn or doubts."""
    for study in (reference.study for reference in references):
        if not study.doi:
            continue
        address = f"https://api.crossref.org/works?filter=updates:{quote(study.doi)}"
        message = _json(ask(address)).get("message")
        notices = message.get("items", []) if isinstance(message, dict) else []
        for notice in notices:
            for update in notice.get("update-to", []):
                said = _UPDATES.get(str(update.get("type")))
                if said and str(update.get("DOI", "")).lower() == study.doi:
                    yield Finding(study.citekey, f"{said}, as {notice.get('DOI')} says")


def find_withdrawn_papers(references: Sequence[Reference], ask: Ask) -> Iterator[Finding]:
    """Find papers that arXiv does not have, or that their authors withdrew."""
    papers = {r.study.arxiv_id: r.study.citekey for r in references if r.study.arxiv_id}
    for some in _in_parts(sorted(papers)):
        listed = quote(",".join(some), safe=",/")
        answer = ask(
            f"https://export.arxiv.org/api/query?max_results={PAPERS_AT_ONCE}&id_list={listed}"
        )
        try:
            entries = ElementTree.fromstring(answer.body).iter(f"{_ATOM}entry")  # noqa: S314
        except ElementTree.ParseError:
            continue
        found = {}
        for entry in entries:
            address = entry.findtext(f"{_ATOM}id") or ""
            name = address.rpartition("/abs/")[2].rpartition("v")[0]
            found[name] = (entry.findtext(f"{_ARXIV}comment") or "").lower()
        if not found:
            continue
        for paper in some:
            if paper not in found:
                yield Finding(papers[paper], f"arXiv does not have {paper}")
            elif "withdrawn" in found[paper]:
                yield Finding(papers[paper], f"its authors withdrew arXiv {paper}")


def find_dead_links(references: Sequence[Reference], ask: Ask) -> Iterator[Finding]:
    """Find addresses of studies whose page is gone."""
    for study in (reference.study for reference in references):
        if study.url and ask(study.url).status in _GONE:
            yield Finding(study.citekey, f"there is no page at {study.url}")


def _in_parts(papers: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(papers), PAPERS_AT_ONCE):
        yield papers[start : start + PAPERS_AT_ONCE]


def _json(answer: Answer) -> dict[str, object]:
    try:
        found = json.loads(answer.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def write_report(references: Sequence[Reference], ask: Ask) -> str:
    """Return the findings in Markdown, study by study; '' where there are none."""
    looks = (find_retractions, find_withdrawn_papers, find_lost_dois, find_dead_links)
    lines = [
        f"- `{finding.citekey}`: {escape(finding.message)}"
        for look in looks
        for finding in look(references, ask)
    ]
    if not lines:
        return ""
    begin = "Look at each before anything is changed: a page may only have moved."
    return "\n".join([begin, "", *dict.fromkeys(lines), ""])


def main() -> int:
    """Print the report."""
    data = Path(sys.argv[1] if len(sys.argv) > 1 else "data")
    print(write_report(read_corpus(data).records.references, ask_the_net), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
