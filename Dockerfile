# Stage one installs from the lock, with hashes, and compiles byte code; stage two carries the result.
FROM docker.io/library/python:3.11-slim-bookworm AS build
WORKDIR /build
# Packages of the lock beside those that serving needs, as those of the extra "cluster":
# docker build --build-arg ALSO="distributed fastwarc fsspec" .
ARG ALSO=""
COPY requirements.lock .ci/runtime-lock ./
RUN python runtime-lock $ALSO < requirements.lock > runtime.lock \
    && python -m venv /opt/onrecord \
    && /opt/onrecord/bin/pip install --no-cache-dir --compile --require-hashes -r runtime.lock
WORKDIR /srv/onrecord
COPY pyproject.toml README.md LICENSE ./
COPY migrations migrations
COPY app app
RUN python -m compileall -q app migrations

FROM docker.io/library/python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="On Record" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/opt/onrecord/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ONRECORD_HOST=0.0.0.0 \
    ONRECORD_PORT=8000 \
    ONRECORD_SEEDS=/seeds \
    ONRECORD_DATABASE_URL=sqlite:////data/onrecord.db
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin onrecord \
    && install -d -o onrecord -g onrecord /data
WORKDIR /srv/onrecord
COPY --from=build /opt/onrecord /opt/onrecord
COPY --from=build /srv/onrecord /srv/onrecord
COPY seeds /seeds
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s --retries=4 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['ONRECORD_PORT']}/healthz\", timeout=2)"]
CMD ["python", "-m", "app.cli", "serve"]
