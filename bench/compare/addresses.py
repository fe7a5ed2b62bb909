"""What bench.compare asks a site for, before it follows links: filters, formats, mistakes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

Request = dict[str, Any]
_FILES = """
    / /embed /map.svg /map.png /trends /gaps /screening /next /agreement /contribute /codebook
    /data /about /studies /feed.atom /sitemap.xml /robots.txt /studies.bib /studies.ris
    /studies.json /studies.bib?coded=1 /cite.bib /cite.ris /cite.json /cite.txt /evidence /-/
    /evidence/-/query?sql=select+1 /evidence/-/query.json?sql=select+count(*)+from+studies
    /-/versions.json /-/plugins.json /-/settings.json
    /-/static-plugins/marginal-risk/marginal-risk.css
""".split()
_FILTERED = ("/", "/embed", "/map.svg", "/trends", "/gaps", "/agreement", "/screening", "/studies")
_WRONG = """
    /nowhere /vectors/nowhere /steps/nowhere /vectors/nowhere/nowhere /studies/nowhere /studies/
    /studies/nowhere/cite.bib /studies.xml /cite.xml /map.pdf /evidence/nowhere /nowhere.json
    /evidence/nowhere.json /evidence/studies/999999 /evidence/-/query?sql=drop+table+studies
    /evidence/-/query.json?sql=select+*+from+nowhere /evidence/studies?nowhere__exact=1
    /studies?page=999 /studies?page=x /studies?sort=x /studies?dir=x /%00 /studies/%22%3E%3Cb%3E
""".split()


def list_requests(database: Path, entry: str) -> list[Request]:
    """Return the requests for a site on a database; ``entry`` is a BibTeX entry to contribute."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:

        def column(sql: str) -> list[str]:
            return [str(value) for (value,) in connection.execute(sql)]

        vectors = column("select slug from vectors order by position")
        steps = column("select slug from steps order by position")
        levels = column("select slug from levels order by position")
        words = {
            "vector": vectors[:2],
            "step": steps[:2],
            "level": levels,
            "coder": column("select coder from coders order by coder")[:3],
            "confidence": column("select slug from confidences order by position"),
            "year": column("select distinct year from studies where year > 0 order by year"),
            "citekey": column("select citekey from studies order by citekey"),
            "table": column(
                "select name from sqlite_master where type in ('table', 'view')"
                " and name not like 'studies_fts%' and name not like 'sqlite%' order by name"
            ),
        }
    paths = [*_FILES, *_WRONG, *_filtered(words)]
    for citekey in words["citekey"][:3]:
        paths += [f"/studies/{citekey}/cite.{form}" for form in ("bib", "ris", "json", "txt")]
    for table in words["table"]:
        paths += [f"/evidence/{table}{form}" for form in ("", ".json?_shape=array", ".csv")]
    requests: list[Request] = [{"method": "GET", "path": path} for path in paths]
    requests += [{"method": "HEAD", "path": path} for path in (*_FILES, "/nowhere")]
    requests += [
        {"method": "GET", "path": path, "headers": {"If-None-Match": tag}}
        for path in ("/", "/map.svg", "/feed.atom", "/studies.bib")
        for tag in ("*", '"0"', 'W/"0", "1"')
    ]
    requests += [{"method": "POST", "path": path} for path in ("/", "/studies", "/nowhere")]
    answers = {
        "bibtex": entry,
        "misuse_vector": vectors[0],
        "coder": "nora",
        "coder_name": "Nora Nowhere",
        "coded_on": "2024-12-31",
        f"level-{steps[0]}": levels[1],
        f"rationale-{steps[0]}": "Describes the calls, and leaves open who makes them.",
        f"locator-{steps[0]}": "section 2",
        f"confidence-{steps[0]}": "high",
    }
    return [*requests, *_posts(answers, words["citekey"])]


def _filtered(words: dict[str, list[str]]) -> Iterator[str]:
    years = words["year"]
    queries: list[dict[str, str]] = [
        {name: value}
        for name in ("vector", "step", "level", "coder", "confidence")
        for value in words[name]
    ]
    queries += [{"q": text} for text in ("model", "a risk", '"', "zzz", "*", "x" * 300)]
    queries += [
        {"from": years[len(years) // 2]},
        {"to": years[len(years) // 2]},
        {"from": years[0], "to": years[-1]},
        {"from": years[-1], "to": years[0]},
        {"from": "abc", "to": "-1", "vector": "nowhere", "confidence": "none", "coder": "nobody"},
        {"view": "studies"},
        {"view": "studies", "from": years[-1], "q": "model"},
        {"view": "studies", "confidence": "low"},
        {"n": "1"},
    ]
    for path in _FILTERED:
        for query in queries[:: 5 if path == "/map.svg" else 1]:  # it takes long to draw
            yield f"{path}?{urlencode(query)}"
    yield f"/contribute?study={words['citekey'][0]}&vector={words['vector'][0]}"
    yield "/contribute?study=nowhere&vector=nowhere"
    yield f"/next?vector={words['vector'][0]}"
    yield f"/vectors/{words['vector'][0]}/{words['step'][0]}?codings=provisional"


def _posts(answers: dict[str, str], citekeys: list[str]) -> Iterator[Request]:
    form = {"content-type": "application/x-www-form-urlencoded"}
    level = next(name for name in answers if name.startswith("level-"))
    tries: list[dict[str, str]] = [
        answers,
        {},
        answers | {"coded_on": "June"},
        answers | {"coder_name": ""},
        answers | {"bibtex": answers["bibtex"] * 2},
        answers | {"bibtex": "@article{broken, title = {Nothing"},
        answers | {"bibtex": "", "study": citekeys[0]},
        answers | {"bibtex": "", "study": citekeys[-1], level: "nowhere"},
        answers | {"misuse_vector": "nowhere"},
        answers | {"note": "</textarea><script>alert(1)</script>\"'>"},
        answers | {"note": "x" * 70_000},
    ]
    for path in ("/contribute", "/contribute.json"):
        for fields in tries:
            yield {"method": "POST", "path": path, "headers": form, "body": urlencode(fields)}
    uploaded = {"content-type": "multipart/form-data; boundary=edge"}
    part = 'content-disposition: form-data; name="answers_file"; filename="coding.json"'
    for text in ("{}", "no JSON", '{"coder": "nora", "steps": {}}'):
        body = f"--edge\r\n{part}\r\ncontent-type: application/json\r\n\r\n{text}\r\n--edge--\r\n"
        yield {"method": "POST", "path": "/contribute", "headers": uploaded, "body": body}
