"""The bus contract: generated code is current, and every event keeps the rules that copies stand on."""

import filecmp
import os
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from kontor_events.registry import UnknownEventType, class_of, contexts, rules_of, type_of, types
from kontor_service.services import edges

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "libs/kontor-events"
STATE_HEAD = {1: "id", 2: "merchant_id", 3: "epoch", 4: "version", 5: "deleted"}


def generated_files(folder):
    return {
        path.relative_to(folder) for path in (folder / "kontor").rglob("*_pb2*.py*") if "__pycache__" not in path.parts
    }


def test_generated_code_is_current(tmp_path):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    subprocess.run([GENERATED / "generate.sh", tmp_path], check=True, env=environment, capture_output=True)
    assert generated_files(tmp_path) == generated_files(GENERATED)
    changed = [
        name for name in generated_files(tmp_path) if not filecmp.cmp(tmp_path / name, GENERATED / name, shallow=False)
    ]
    assert changed == []


@pytest.mark.parametrize("type_name", sorted(types()))
def test_every_event_carries_its_aggregates_state_first(type_name):
    state = class_of(type_name).DESCRIPTOR.fields_by_number[1].message_type
    assert {number: state.fields_by_number[number].name for number in STATE_HEAD} == STATE_HEAD


@pytest.mark.parametrize("type_name", sorted(types()))
def test_every_type_is_named_context_aggregate_fact_version(type_name):
    context, aggregate, fact, version = type_name.split(".")
    message = class_of(type_name).DESCRIPTOR
    assert message.full_name.startswith(f"kontor.{context}.v1.")
    assert message.fields_by_number[1].name == aggregate
    assert fact.isidentifier()
    assert version == "v1"


@pytest.mark.parametrize(
    "aggregate",
    sorted({name.rsplit(".", 2)[0] for name in types()} - {"identity.challenge", "identity.security_event"}),
)
def test_every_copied_aggregate_can_be_sent_again_as_a_snapshot(aggregate):
    snapshot = class_of(f"{aggregate}.snapshot.v1").DESCRIPTOR
    assert [field.number for field in snapshot.fields] == [1]


def test_two_owners_take_nothing_of_the_same_kind():
    kinds = [kind for context in contexts() for kind in rules_of(context).ingest]
    assert len(kinds) == len(set(kinds))
    # A routing key has the merchant behind the first full stop; the queue of refusals is called so.
    assert all(re.fullmatch("[a-z0-9-]+", kind) and kind != "refused" for kind in kinds)


@pytest.mark.parametrize("context", sorted(contexts()))
def test_rights_are_named_thing_and_verb(context):
    rules = rules_of(context)
    named = [*rules.portal_rights, *rules.link_rights, *rules.key_scopes, *(s.right for s in rules.staff_rights)]
    assert [right for right in named if not re.fullmatch("[a-z_]+:[a-z]+", right)] == []


@pytest.mark.parametrize("context", sorted(contexts()))
def test_an_owner_asks_owners_that_there_are(context):
    assert set(rules_of(context).asks) <= set(contexts()) - {context}


def heard():
    """What owners' queues and edges' copies bind."""
    for context in contexts():
        if find_spec(f"kontor_{context}.consumers"):
            made = import_module(f"kontor_{context}.consumers").consumers
            for consumer in made(**{name: MagicMock() for name in signature(made).parameters}):
                yield from consumer.queue.patterns
    for edge in edges():
        yield from import_module(f"kontor_{edge}.views").SHAPE.bindings


def test_somebody_hears_every_event():
    """What nobody hears fills kontor.unrouted, which is for consumers that come later than their producer."""
    patterns = [pattern.replace("#", "*") for pattern in heard()]
    assert [name for name in types() if not any(fnmatchcase(name, pattern) for pattern in patterns)] == []


def test_a_message_that_is_no_event_has_no_type():
    state = class_of("documents.document.shared.v1").DESCRIPTOR.fields_by_number[1].message_type
    with pytest.raises(UnknownEventType):
        type_of(state._concrete_class)


def test_a_type_that_nobody_sends_is_unknown():
    with pytest.raises(UnknownEventType):
        class_of("documents.document.imagined.v1")


def test_the_portal_hears_nothing_of_internal_notes():
    """They are for staff alone: no fact of them may enter the copy that customers' pages are made of."""
    bound = [pattern.replace("#", "*") for pattern in import_module("kontor_gateway.views").SHAPE.bindings]
    notes = [name for name in types() if name.startswith("documents.note.")]
    assert len(notes) == 3
    assert [name for name in notes if any(fnmatchcase(name, pattern) for pattern in bound)] == []
