# Two stages: the first installs the locked dependencies, the second only runs.
FROM python:3.12-slim-bookworm AS build
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /src
RUN python -m pip install --no-cache-dir uv && uv venv /opt/motcua
COPY requirements.lock ./
RUN uv pip sync --python /opt/motcua/bin/python --require-hashes requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY knowledge knowledge
COPY db db
RUN uv pip install --python /opt/motcua/bin/python --no-deps .

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data motcua && install -d -o motcua /data
COPY --from=build /opt/motcua /opt/motcua
ENV PATH=/opt/motcua/bin:$PATH MOTCUA_DATA=/data MOTCUA_HOST=0.0.0.0 MOTCUA_LOG_FORMAT=json
USER motcua
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/readyz', timeout=2)"]
ENTRYPOINT ["motcua"]
CMD ["serve"]
