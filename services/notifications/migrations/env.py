"""Run by kontor_service.migrations."""

from kontor_service.migrations import run_env

run_env()
