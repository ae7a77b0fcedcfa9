"""Fixtures: PostgreSQL, RabbitMQ, SMTP, browser, clock, factories."""
