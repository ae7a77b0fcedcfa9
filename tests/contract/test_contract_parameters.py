"""Whoever says a message gives what it names: a parameter that is missing or called otherwise would stand there as %(name)s."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.contract.test_contract_messages import MARKS, TREES, is_literal, is_mark, is_named, name_of

_PLACE = re.compile(r"%\((\w+)\)")
# Said at once; the others are marked with N_ and said later.
_SPOKEN = MARKS - {"N_"}
_COUNTED = {"count", "num"}
# The code of an XML element knows neither its name nor its text; who reads the element adds both (einvoice/codec.py).
# A look-up only chooses the message.
_FILLED_BY_THE_CALLER = {"ValueError", "get"}


def places(message: ast.Call) -> set[str]:
    texts = [one.value for one in message.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return set(_PLACE.findall(" ".join(texts)))


class Messages:
    """The messages of a module, also where a name stands for one: TOO_MANY = N_("At most %(most)s.")"""

    def __init__(self, tree: ast.AST) -> None:
        self.tree = tree
        self.titles: dict[str, set[str]] = {}
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        # A function's own parameters may be what it fills its message with.
        self.functions = {node.name: node.args.args for node in functions}
        self.named: dict[tuple[ast.AST, str], list[tuple[int, set[str]]]] = defaultdict(list)
        # Inner functions come after those around them.
        self.scope = {node: around for around in (tree, *functions) for node in ast.walk(around)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                titled = is_named(node.value) and len(node.value.args) == 2
                for name in map(name_of, node.targets):
                    if titled:
                        self.titles[name] = self.asked(node.value.args[1])
                    else:
                        self.named[self.scope[node], name].append((node.lineno, self.asked(node.value)))

    def asked(self, node: ast.AST) -> set[str]:
        """What the message here names."""
        if isinstance(node, ast.IfExp):
            return self.asked(node.body) | self.asked(node.orelse)
        if isinstance(node, ast.Name):
            # Of several in a function the last one before here.
            before = [asked for line, asked in self.named.get((self.scope[node], node.id), ()) if line < node.lineno]
            everywhere = [asked for _line, asked in self.named.get((self.tree, node.id), ())]
            return (before or everywhere or [set()])[-1]
        return places(node) if is_mark(node) and name_of(node.func) == "N_" and is_literal(node) else set()

    def lacking(self) -> Iterator[tuple[int, str]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                wrong = self._call(node)
            elif isinstance(node, ast.Dict):
                wrong = self._dict(node)
            else:
                continue
            if wrong:
                yield node.lineno, f"{sorted(wrong)} of {ast.unparse(node)}"

    def _call(self, node: ast.Call) -> set[str]:
        name = name_of(node.func)
        given = {one.arg for one in node.keywords}
        if None in given or name in _FILLED_BY_THE_CALLER or is_named(node):
            return set()
        if name in _SPOKEN:
            asked = places(node) | self.asked(node.args[0]) if node.args else set()
            # What nobody asked for is a name that is written otherwise in the message.
            return (asked ^ given) - (_COUNTED if name == "ngettext" else set())
        if name == "N_":
            return set()
        for one in node.args:
            if isinstance(one, ast.Dict):
                given |= {key.value for key in one.keys if isinstance(key, ast.Constant)}
        positional = {one.arg for one, _value in zip(self.functions.get(name, ()), node.args, strict=False)}
        asked = set().union(*(self.asked(one) for one in node.args)) if node.args else self.titles.get(name, set())
        return asked - given - positional

    def _dict(self, node: ast.Dict) -> set[str]:
        """A finding as it is stored: message and params beside each other."""
        entries = {
            key.value: value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)
        }
        params = entries.get("params")
        if "message" not in entries or not (params is None or isinstance(params, ast.Dict)):
            return set()
        given = {key.value for key in params.keys if isinstance(key, ast.Constant)} if params else set()
        return self.asked(entries["message"]) - given


def test_every_message_is_given_what_it_names() -> None:
    assert [f"{path}:{line} {lack}" for path, tree in TREES.items() for line, lack in Messages(tree).lacking()] == []


@pytest.mark.parametrize(
    "source",
    [
        'raise Invalid(N_("At most %(most)s."), field="lines")',
        'raise Invalid(N_("At most %(most)s."), field="lines", maximum=9)',
        'MOST = N_("At most %(most)s.")\nraise Invalid(MOST)',
        'raise Invalid(N_("At most %(most)s.") if many else N_("Too many."))',
        'TooMany = Conflict.named("too_many", N_("At most %(most)s."))\nraise TooMany()',
        'error = {"code": "many", "message": N_("At most %(most)s."), "params": {"maximum": 9}}',
        'error = {"code": "many", "message": N_("At most %(most)s.")}',
        'found = Finding("many", "lines", N_("At most %(most)s."), {"maximum": 9})',
        '_("At most %(most)s.", maximum=9)',
        '_("At most %(most)s.", most=9, least=1)',
        'ngettext("%(count)s of %(all)s", "%(count)s of %(all)s", 2)',
    ],
)
def test_a_parameter_that_is_missing_or_wrong_is_found(source) -> None:
    assert len(list(Messages(ast.parse(source)).lacking())) == 1


@pytest.mark.parametrize(
    "source",
    [
        'raise Invalid(N_("At most %(most)s."), field="lines", most=9)',
        'TooMany = Conflict.named("too_many", N_("At most %(most)s."))\nraise TooMany(most=9)',
        'def wrong(message, most): ...\nwrong(N_("At most %(most)s."), 9)',
        'error = {"code": "many", "message": N_("At most %(most)s."), "params": {"most": 9}}',
        'ngettext("%(count)s of %(all)s", "%(count)s of %(all)s", 2, all=3)',
    ],
)
def test_what_is_given_under_its_name_is_right(source) -> None:
    assert list(Messages(ast.parse(source)).lacking()) == []
