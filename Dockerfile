# Two images from one file: `--target web` without any engine, `--target worker` with all of them.
# Not built by this project's own checks, which have no Docker engine; see docs/operations.md.
FROM python:3.12-slim-bookworm AS base
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libgomp1 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home genaiops \
    && install -d -o genaiops -g genaiops /var/lib/genaiops
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    ENVIRONMENT=production \
    VAR_DIR=/var/lib/genaiops
WORKDIR /app
VOLUME /var/lib/genaiops

FROM base AS web
COPY requirements.txt constraints.txt ./
RUN python -m pip install -r requirements.txt
COPY manage.py ./
COPY genaiops_site genaiops_site
COPY apps apps
COPY templates templates
COPY static static
USER genaiops
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "genaiops_site.wsgi:application", "--bind", "0.0.0.0:8000", \
     "--workers", "2", "--threads", "8", "--no-control-socket"]

FROM base AS worker
# An index of CPU builds of torch, for machines without a GPU: --build-arg PIP_EXTRA_INDEX_URL=…
ARG PIP_EXTRA_INDEX_URL=""
COPY requirements.txt constraints.txt ./
COPY workers/requirements.txt workers/requirements.txt
RUN python -m pip install -r workers/requirements.txt
COPY manage.py ./
COPY genaiops_site genaiops_site
COPY apps apps
COPY templates templates
COPY static static
COPY workers workers
USER genaiops
# The queue is said where the container is started: -Q cpu, -Q gpu or -Q serving.
ENTRYPOINT ["python", "-m", "celery", "-A", "workers.celery", "worker", "--loglevel", "INFO", "--without-gossip", \
            "--without-mingle"]
CMD ["-Q", "cpu", "-n", "cpu@%h"]
