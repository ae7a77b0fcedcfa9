# syntax=docker/dockerfile:1
# One target per service: docker build --target identity --tag kontor-identity .
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
COPY libs/kontor-views/pyproject.toml libs/kontor-views/
COPY libs/kontor-web/pyproject.toml libs/kontor-web/

FROM locked AS identity-packages
COPY services/identity/pyproject.toml services/identity/
RUN sh install.sh services/identity

FROM locked AS documents-packages
COPY services/documents/pyproject.toml services/documents/
RUN sh install.sh services/documents

FROM locked AS payments-packages
COPY services/payments/pyproject.toml services/payments/
RUN sh install.sh services/payments

FROM locked AS notifications-packages
COPY services/notifications/pyproject.toml services/notifications/
RUN sh install.sh services/notifications

FROM locked AS gateway-packages
COPY services/gateway/pyproject.toml services/gateway/
RUN sh install.sh services/gateway

FROM locked AS admin-packages
COPY services/admin/pyproject.toml services/admin/
RUN sh install.sh services/admin

FROM locked AS mailsink-packages
RUN sh install.sh aiosmtpd fastapi jinja2 pydantic-settings python-multipart uuid-utils uvicorn

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
COPY libs/kontor-views libs/kontor-views
COPY libs/kontor-web libs/kontor-web
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 KONTOR_HOST=0.0.0.0 \
    PYTHONPATH=/app/libs/kontor-bus:/app/libs/kontor-events:/app/libs/kontor-service:/app/libs/kontor-views:/app/libs/kontor-web
STOPSIGNAL SIGTERM

FROM runtime AS identity
COPY --from=identity-packages /opt/venv /opt/venv
COPY services/identity services/identity
ENV PYTHONPATH=$PYTHONPATH:/app/services/identity
RUN python -m compileall -q /app
USER 10001:10001
EXPOSE 8010
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=2s CMD ["python", "-m", "kontor_service.probe", "http://127.0.0.1:8010/health/ready"]
CMD ["python", "-m", "kontor_identity"]

FROM runtime AS documents
COPY --from=documents-packages /opt/venv /opt/venv
COPY services/documents services/documents
ENV PYTHONPATH=$PYTHONPATH:/app/services/documents
RUN python -m compileall -q /app
USER 10001:10001
EXPOSE 8011
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=2s CMD ["python", "-m", "kontor_service.probe", "http://127.0.0.1:8011/health/ready"]
CMD ["python", "-m", "kontor_documents"]

FROM runtime AS payments
COPY --from=payments-packages /opt/venv /opt/venv
COPY services/payments services/payments
ENV PYTHONPATH=$PYTHONPATH:/app/services/payments
RUN python -m compileall -q /app
USER 10001:10001
EXPOSE 8012
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=2s CMD ["python", "-m", "kontor_service.probe", "http://127.0.0.1:8012/health/ready"]
CMD ["python", "-m", "kontor_payments"]

FROM runtime AS notifications
COPY --from=notifications-packages /opt/venv /opt/venv
COPY services/notifications services/notifications
ENV PYTHONPATH=$PYTHONPATH:/app/services/notifications
RUN python -m compileall -q /app
USER 10001:10001
EXPOSE 8013
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=2s CMD ["python", "-m", "kontor_service.probe", "http://127.0.0.1:8013/health/ready"]
CMD ["python", "-m", "kontor_notifications"]

FROM runtime AS gateway
COPY --from=gateway-packages /opt/venv /opt/venv
COPY services/gateway services/gateway
ENV PYTHONPATH=$PYTHONPATH:/app/services/gateway
RUN python -m compileall -q /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=2s CMD ["python", "-m", "kontor_service.probe", "http://127.0.0.1:8000/health/ready"]
CMD ["python", "-m", "kontor_gateway"]

FROM runtime AS admin
COPY --from=admin-packages /opt/venv /opt/venv
COPY services/admin services/admin
ENV PYTHONPATH=$PYTHONPATH:/app/services/admin
RUN python -m compileall -q /app
USER 10001:10001
EXPOSE 8001
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=2s CMD ["python", "-m", "kontor_service.probe", "http://127.0.0.1:8001/health/ready"]
CMD ["python", "-m", "kontor_admin"]

# For development: the sandbox payment provider, and a mail server that keeps and shows every mail.
FROM payments AS sandbox
ENV KONTOR_SANDBOX_HOST=0.0.0.0 KONTOR_SANDBOX_DATABASE_URL=sqlite:////var/lib/kontor/sandbox.db
EXPOSE 8020
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=2s CMD ["python", "-m", "kontor_service.probe", "http://127.0.0.1:8020/health/ready"]
CMD ["python", "-m", "kontor_payments.providers.sandbox.server"]

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
