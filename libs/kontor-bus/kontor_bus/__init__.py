"""Envelope, outbox, relay, inbox, consumers; RabbitMQ and PostgreSQL transports."""
