# The site with the database that it serves, and nothing of the data it was built from:
#
#   marginal-risk build && docker build --tag marginal-risk .
#   docker run --read-only --tmpfs /tmp:size=512m --publish 127.0.0.1:8001:8001 marginal-risk
#
# The base is named by its version. docs/hosting.md says how an owner adds its digest, so that it
# is the same bytes each time, and what stands in front of this on the internet.
FROM python:3.11-slim-bookworm

WORKDIR /srv
COPY pyproject.toml README.md LICENSE datasette.yml ./
COPY requirements/run.txt requirements/run.txt
COPY data/LICENSE data/LICENSE
COPY migrations migrations
COPY src src
# Nothing is installed whose hash is not on record.
RUN python -m pip install --no-cache-dir --require-hashes --requirement requirements/run.txt \
    && python -m pip install --no-cache-dir --no-deps --no-build-isolation .
COPY evidence.db ./

# Nobody: the site reads, and writes nothing but temporary files.
USER 65534:65534
EXPOSE 8001
# The server that `marginal-risk serve` starts everywhere, with the same limits.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8001/health', timeout=8)"]
STOPSIGNAL SIGTERM
CMD ["marginal-risk", "serve", "--no-build", "--output", "evidence.db", "--host", "0.0.0.0", "--port", "8001"]
