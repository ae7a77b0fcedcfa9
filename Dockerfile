# syntax=docker/dockerfile:1
# One recipe for every service: docker build --target service --build-arg service=identity --tag kontor-identity .
# The code lies under /app as it does in the repository and runs from there: nothing of ours is built, and each
# service finds its migrations beside its package. Each image has only the packages its own pyproject.toml asks for.

FROM python:3.11-slim AS locked
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
RUN python -m venv --without-pip /opt/venv
COPY requirements.lock deploy/image/packages.py deploy/image/install.sh ./
COPY libs/kontor-bus/pyproject.toml libs/kontor-bus/
COPY libs/kontor-events/pyproject.toml libs/kontor-events/
COPY libs/kontor-service/pyproject.toml libs/kontor-service/
COPY libs/kontor-edge/pyproject.toml libs/kontor-edge/
COPY libs/kontor-web/pyproject.toml libs/kontor-web/

FROM locked AS packages
ARG service
COPY services/${service}/pyproject.toml services/${service}/
RUN sh install.sh services/${service}

FROM locked AS mailsink-packages
RUN sh install.sh aiosmtpd aiosmtplib fastapi jinja2 pydantic-settings python-multipart uuid-utils uvicorn

# What edges show of owners: the page packages inside the owners' folders, and the words for their codes.
FROM locked AS pages
COPY services services
RUN mkdir /pages && find services -maxdepth 2 -name 'kontor_*_pages' -exec cp -r {} /pages/ ';' \
    && find services -maxdepth 3 -path '*/kontor_*/locale' -exec sh -c 'package=/pages/$(basename $(dirname "$1")) \
        && mkdir -p "$package" && cp -r "$1" "$package/"' sh {} ';'

# What all images have in common: no pip, no compiler, a user of their own, one folder that may be written.
FROM python:3.11-slim AS runtime
RUN python -m pip uninstall --yes --quiet --root-user-action=ignore pip setuptools wheel \
    && rm -rf /usr/local/lib/python3.11/ensurepip \
    && groupadd --system --gid 10001 kontor \
    && useradd --system --uid 10001 --gid 10001 --home-dir /app --no-create-home --shell /usr/sbin/nologin kontor \
    && install --directory --owner=10001 --group=10001 --mode=0750 /var/lib/kontor
WORKDIR /app
COPY libs/kontor-bus libs/kontor-bus
COPY libs/kontor-events libs/kontor-events
COPY libs/kontor-service libs/kontor-service
COPY libs/kontor-edge libs/kontor-edge
COPY libs/kontor-web libs/kontor-web
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 KONTOR_HOST=0.0.0.0 \
    PYTHONPATH=/app/libs/kontor-bus:/app/libs/kontor-events:/app/libs/kontor-service:/app/libs/kontor-edge:/app/libs/kontor-web
STOPSIGNAL SIGTERM

FROM runtime AS service
ARG service
COPY --from=packages /opt/venv /opt/venv
COPY services/${service} services/${service}
COPY --from=pages /pages services/${service}
# A container has an address of its own: all services listen on the same port, so one setting tells where they are.
# Probes and metrics have the second one.
ENV KONTOR_SERVICE=${service} KONTOR_PORT=8000 KONTOR_MANAGEMENT_PORT=9000 PYTHONPATH=$PYTHONPATH:/app/services/${service}
RUN python -m compileall -q /app
USER 10001:10001
EXPOSE 8000 9000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=2s CMD ["python", "-m", "kontor_service.probe", "http://127.0.0.1:9000/health/ready"]
CMD ["python", "-m", "kontor_service"]

# For development: the sandbox payment provider, and a mail server that keeps and shows every mail.
# The provider is built with service=sandbox.
FROM service AS sandbox
ENV KONTOR_SANDBOX_HOST=0.0.0.0 KONTOR_SANDBOX_DATABASE=/var/lib/kontor/sandbox.db
EXPOSE 8020
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=2s CMD ["python", "-m", "kontor_service.probe", "http://127.0.0.1:8020/health/ready"]
CMD ["python", "-m", "kontor_sandbox"]

# Doubles of payment providers are built with service=provider-doubles.
FROM service AS stripe
ENV KONTOR_DOUBLE_HOST=0.0.0.0 KONTOR_DOUBLE_FOLDER=/var/lib/kontor
EXPOSE 8022
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=2s CMD ["python", "-m", "kontor_service.probe", "http://127.0.0.1:8022/health/ready"]
CMD ["python", "-m", "kontor_provider_doubles", "stripe"]

FROM service AS paypal
ENV KONTOR_DOUBLE_HOST=0.0.0.0 KONTOR_DOUBLE_FOLDER=/var/lib/kontor
EXPOSE 8023
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=2s CMD ["python", "-m", "kontor_service.probe", "http://127.0.0.1:8023/health/ready"]
CMD ["python", "-m", "kontor_provider_doubles", "paypal"]

FROM runtime AS mailsink
COPY --from=mailsink-packages /opt/venv /opt/venv
COPY services/standalone/kontor_standalone/__init__.py services/standalone/kontor_standalone/
COPY services/standalone/kontor_standalone/mailsink services/standalone/kontor_standalone/mailsink
ENV PYTHONPATH=$PYTHONPATH:/app/services/standalone KONTOR_MAILSINK_HOST=0.0.0.0 KONTOR_MAILSINK_SMTP_HOST=0.0.0.0 \
    KONTOR_MAILSINK_FOLDER=/var/lib/kontor/mails
RUN python -m compileall -q /app
USER 10001:10001
EXPOSE 8025 8026
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=2s CMD ["python", "-m", "kontor_service.probe", "http://127.0.0.1:8025/health/ready"]
CMD ["python", "-m", "kontor_standalone.mailsink"]
