"""App factory, settings, database session, errors, tokens, health, telemetry, file storage, money, clock."""
