# The demo site of docker-compose.yml.
FROM python:3.12-slim
RUN useradd --create-home site
WORKDIR /home/site/checkout
COPY --chown=site . .
RUN pip install --no-cache-dir "pip>=25.1" \
    && pip install --no-cache-dir ".[local]" --group demo \
    && mkdir --mode=700 .data && chown site .data
USER site
ENV PYTHONUNBUFFERED=1
CMD ["python", "manage.py", "demo", "--host", "0.0.0.0"]
