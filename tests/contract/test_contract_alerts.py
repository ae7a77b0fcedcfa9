"""Every metric that counts stuck work has a rule in deploy/alerts.yaml, and every rule names a metric that exists."""

import re
from importlib import import_module
from pathlib import Path

import yaml

from kontor_bus.metrics import Metrics
from kontor_events.registry import contexts
from kontor_payments.statements.folder import STUCK as STUCK_FILES
from kontor_service.schema import entities, metadata_of

RULES = Path(__file__).parents[2] / "deploy/alerts.yaml"


def test_every_count_of_what_is_stuck_has_its_alert_and_every_alert_its_metric():
    counts = {
        f"kontor_{found[1]}"
        for owner in contexts()
        for name in entities(metadata_of(import_module(f"kontor_{owner}")))
        if (found := re.fullmatch(r"FUNCTION (\w+_stuck)", name))
    }
    [group] = yaml.safe_load(RULES.read_text())["groups"]
    watched = {name for rule in group["rules"] for name in re.findall(r"kontor_\w+", rule["expr"])}
    bus = {sample.name for metric in Metrics().registry.collect() for sample in metric.samples} | {
        "kontor_bus_dead_total"
    }
    assert counts | {STUCK_FILES} <= watched <= counts | {STUCK_FILES} | bus
    assert len(counts) == 5
