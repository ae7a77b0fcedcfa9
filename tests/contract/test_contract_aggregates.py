"""Every owner declares the aggregates of its contract, and each of their fields has a column."""

from importlib import import_module
from importlib.util import find_spec

import pytest

from kontor_events.registry import contexts, types


def published(context):
    """An owner declares them beside its events, or in a module of their own where they belong to many features."""
    name = f"kontor_{context}.aggregates"
    return import_module(name if find_spec(name) else f"kontor_{context}.events").AGGREGATES


@pytest.mark.parametrize("context", sorted(contexts()))
def test_an_owner_declares_every_aggregate_that_can_be_sent_again(context):
    sent_again = {name.removesuffix(".snapshot.v1") for name in types() if name.endswith(".snapshot.v1")}
    assert {one.name for one in published(context)} == {name for name in sent_again if name.startswith(f"{context}.")}


@pytest.mark.parametrize("context", sorted(contexts()))
def test_every_field_of_a_state_that_is_its_row_has_a_column(context):
    for one in published(context):
        if one.states is None:
            fields = {field.name for field in one.state.DESCRIPTOR.fields} - {"deleted"}
            columns = set(one.model.model_fields) | {name for name in vars(one.model) if not name.startswith("_")}
            assert fields - columns == set(), one.name
