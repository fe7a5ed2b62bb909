"""What docs/hosting.md, docs/threat-model.md and the Dockerfile say, held against the program."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import uvicorn
import yaml
from bench.attack_connections import served, started
from click.testing import CliRunner

from marginal_risk.cli import main
from marginal_risk.publish.guard import limits, process
from marginal_risk.publish.server import Server
from places import ROOT

HOSTING = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
MODEL = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


def test_the_threat_model_has_each_limit_with_its_number_and_a_test() -> None:
    row = r"^\| `([A-Z_]+)` \| ([\d,.]+) \| .+ \| `(\w+\.py)`: `(\w+)` \|$"
    rows = re.findall(row, MODEL, re.M)
    numbers = {name: f"{value:,}" for name, value in vars(limits).items() if name.isupper()}
    del numbers["MEGABYTE"]
    assert {name: number for name, number, _, _ in rows} == numbers
    for _, _, file, test in rows:
        assert f"def {test}(" in (ROOT / "tests" / "publish" / file).read_text(encoding="utf-8")


def test_the_threat_model_names_datasette_s_own_limits() -> None:
    settings = yaml.safe_load((ROOT / "datasette.yml").read_text(encoding="utf-8"))["settings"]
    assert f"{settings['sql_time_limit_ms']:,} ms" in MODEL
    assert f"{settings['max_returned_rows']:,} rows" in " ".join(MODEL.split())


@pytest.mark.parametrize("name", ["docs/hosting.md", "docs/threat-model.md", "SECURITY.md"])
def test_every_path_that_these_documents_name_is_there(name: str) -> None:
    path = ROOT / name
    text = path.read_text(encoding="utf-8")
    for named in re.findall(r"`((?:data|src|docs|tests|\.ci)/[^`<> ]*)`", text):
        assert (ROOT / named).exists(), named
    for link in re.findall(r"\]\(((?!http|#)[^)]+)\)", text):
        assert (path.parent / link).exists(), link
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make (\w+)`", text):
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_the_server_has_the_limits(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configs: list[uvicorn.Config] = []

    def run(self: process.GuardedServer, sockets: list[socket.socket]) -> None:
        configs.append(self.config)
        assert len(sockets) == 1

    monkeypatch.setattr(process.GuardedServer, "run", run)
    monkeypatch.setattr("marginal_risk.publish.server.limit_process", lambda _: None)
    server = Server(database, ROOT / "datasette.yml", "127.0.0.1", 0)
    server.run()
    server.socket.close()
    server.site.close()
    (config,) = configs
    assert config.backlog == 128
    assert config.timeout_keep_alive == 5
    assert config.timeout_graceful_shutdown == 3
    assert config.h11_max_incomplete_event_size == 32_768
    assert config.server_header is False
    assert config.ws == "none"


def test_the_image_starts_the_server_of_the_command_line() -> None:
    command = json.loads(re.findall(r"^CMD (\[\"marginal.+)$", DOCKERFILE, re.M)[0])
    assert command[:2] == ["marginal-risk", "serve"]
    context = main.commands["serve"].make_context("serve", command[2:], resilient_parsing=True)
    assert context.params["no_build"] is True
    assert context.params["host"] == "0.0.0.0"  # noqa: S104
    assert f"EXPOSE {context.params['port']}\n" in DOCKERFILE
    assert f"127.0.0.1:{context.params['port']}" in HOSTING


def test_the_command_of_the_image_serves_the_map(database: Path, tmp_path: Path) -> None:
    shutil.copy(database, tmp_path / "evidence.db")
    _, *words = json.loads(re.findall(r"^CMD (\[\"marginal.+)$", DOCKERFILE, re.M)[0])
    words[words.index("--port") + 1] = "0"
    words[words.index("--host") + 1] = "127.0.0.1"
    with started(words, tmp_path) as server:
        _, body, _ = server.get("/evidence/vectors.json", _shape="array")
        assert len(json.loads(body)) == 3


def test_a_database_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.db")
    result = CliRunner().invoke(main, ["serve", "--no-build", "--output", missing, "--port", "0"])
    assert result.exit_code == 1
    assert f"{missing} is not there: name the database with --output" in result.output


def test_the_image_asks_for_health_where_it_serves() -> None:
    (check,) = re.findall(r"^HEALTHCHECK .+\\\n +CMD (\[.+\])$", DOCKERFILE, re.M)
    program, option, code = json.loads(check)
    assert (program, option) == ("python", "-c")
    assert "http://127.0.0.1:8001/health" in code
    compile(code, "HEALTHCHECK", "exec")


def test_the_health_check_of_the_image_tells_a_well_site_from_none(database: Path) -> None:
    (check,) = re.findall(r"^HEALTHCHECK .+\\\n +CMD (\[.+\])$", DOCKERFILE, re.M)
    program, option, code = json.loads(check)
    with served(database) as server:
        well = [program, option, code.replace("8001", str(server.port))]
        assert subprocess.run(well, check=False, capture_output=True).returncode == 0
        server.process.kill()
        server.process.wait()
        assert subprocess.run(well, check=False, capture_output=True).returncode != 0


@pytest.fixture
def proxied(database: Path, tmp_path: Path) -> Iterator[str]:
    """Serve the map behind nginx with the configuration of the page; return the address."""
    if NGINX is None:
        assert os.environ.get("CI") != "true", "CI must install Debian's nginx: see .ci/run"
        pytest.skip("needs Debian's nginx")
    (lines,) = re.findall(r"```nginx\n(.*?)```", HOSTING, re.DOTALL)
    (cache,) = re.findall(r"```conf\n(.*?)```", HOSTING, re.DOTALL)
    lines = cache.replace("/var/cache/nginx/map", str(tmp_path / "cache")) + lines
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with served(database) as server:
        # Without the certificate that a test has not, and as if it had come with TLS.
        lines = re.sub(r"^ *ssl_certificate.*\n", "", lines, flags=re.M)
        lines = lines.replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
        lines = re.sub(r"^server \{\n    listen 80;.*", "", lines, flags=re.M | re.DOTALL)
        lines = lines.replace("127.0.0.1:8001", f"127.0.0.1:{server.port}")
        lines = lines.replace("$scheme", "https")
        temporary = "".join(
            f"{name}_temp_path {tmp_path}/{name};\n"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        configuration = tmp_path / "nginx.conf"
        configuration.write_text(
            # Only root may read the folder of a test that root runs; others are asked nothing.
            f"daemon off;\nuser root;\npid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\n"
            f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{lines}}}\n",
            encoding="utf-8",
        )
        words = [NGINX, "-p", str(tmp_path), "-e", str(tmp_path / "error.log")]
        words += ["-c", str(configuration)]
        tried = subprocess.run([*words, "-t"], check=False, capture_output=True, text=True)
        assert tried.returncode == 0, tried.stderr
        proxy = subprocess.Popen(words)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address)
            yield address
        finally:
            proxy.terminate()
            proxy.wait(timeout=60)


def _wait_for(address: str) -> None:
    for _ in range(600):
        try:
            urlopen(f"{address}/health", timeout=60).close()  # noqa: S310
        except HTTPError:
            return
        except OSError:
            time.sleep(0.1)  # nginx has no other way to say that it listens
        else:
            return
    raise AssertionError("nginx does not answer")


def _ask(request: str | Request) -> tuple[int, dict[str, list[str]], bytes]:
    try:
        with urlopen(request, timeout=60) as response:  # noqa: S310
            headers, status, body = response.headers, response.status, response.read()
    except HTTPError as error:
        headers, status, body = error.headers, error.code, error.read()
    found = {name.lower(): headers.get_all(name) or [] for name in headers}
    return status, found, body


def test_the_cache_of_the_proxy_keeps_pages_and_not_the_health(
    proxied: str, tmp_path: Path
) -> None:
    first = _ask(f"{proxied}/")
    status, _, body = _ask(f"{proxied}/")
    assert (status, body) == (first[0], first[2])
    assert _ask(f"{proxied}/health")[0] == 200
    assert _ask(f"{proxied}/no-such-page")[0] == 404
    files = [path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    (key,) = (found for file in files for found in re.findall(rb"\nKEY: (\S+)\n", file))
    assert key == proxied.removeprefix("http://").partition(":")[0].encode() + b"/"


def test_the_proxy_of_the_page_serves_the_map_within_its_limits(proxied: str) -> None:
    status, headers, body = _ask(f"{proxied}/")
    assert status == 200
    assert b"Marginal Risk Evidence Map" in body
    assert len(headers["content-security-policy"]) == 1
    assert headers["x-content-type-options"] == ["nosniff"]
    assert headers["strict-transport-security"] == ["max-age=31536000"]
    assert headers["server"] == ["nginx"]
    # The site believes its proxy, and writes addresses as readers have them.
    assert b"https://127.0.0.1/" in _ask(f"{proxied}/cite.bib")[2]
    # A body that is too long stops at the proxy.
    long = Request(f"{proxied}/contribute", data=b"x" * 300_000)  # noqa: S310
    assert _ask(long)[0] == 413
    # Queries have a limit of their own for each address; pages go on.
    query = f"{proxied}/evidence/-/query.json?sql=select+1"
    statuses = [_ask(query)[0] for _ in range(60)]
    assert set(statuses) == {200, 429}
    assert statuses[:20] == [200] * 20
    assert _ask(f"{proxied}/health")[0] == 200
