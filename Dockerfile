# The site with the database that it serves, and nothing of the data it was built from:
#
#   marginal-risk build && docker build --tag marginal-risk .
#   docker run --publish 8001:8001 marginal-risk
#
# The base is named by its version; whoever wants the same bytes each time adds its digest.
FROM python:3.11-slim-bookworm

WORKDIR /srv
COPY pyproject.toml constraints.txt README.md LICENSE datasette.yml ./
COPY data/LICENSE data/LICENSE
COPY migrations migrations
COPY src src
RUN python -m pip install --no-cache-dir --constraint constraints.txt hatchling editables \
    && python -m pip install --no-cache-dir --constraint constraints.txt --no-build-isolation .
COPY evidence.db ./

# Nobody: the site reads, and writes nothing but temporary files.
USER 65534:65534
EXPOSE 8001
CMD ["datasette", "serve", "--immutable", "evidence.db", "--config", "datasette.yml", "--host", "0.0.0.0", "--port", "8001"]
