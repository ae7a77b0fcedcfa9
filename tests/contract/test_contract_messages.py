"""What is refused is refused in the reader's language: no problem has a sentence that the catalogs cannot know."""

import ast
from collections import defaultdict
from collections.abc import Iterator

import pytest

from tools.catalog import ROOT

MARKS = {"_", "N_", "gettext", "pgettext", "ngettext"}
TREES = {
    path.relative_to(ROOT): ast.parse(path.read_text())
    for place in ("libs", "services")
    for path in sorted(ROOT.glob(f"{place}/*/kontor_*/**/*.py"))
    if "_pb2" not in path.name
}


def name_of(node: ast.expr) -> str:
    """The last part of what is called or inherited from: errors.Invalid → Invalid"""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def is_named(node: ast.AST) -> bool:
    """`MeterEnded = Conflict.named("meter_ended", N_("…"))` is a class too."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "named"


def problems() -> set[str]:
    """The names of Problem and everything below it."""
    bases = defaultdict(set)
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases[node.name] |= {name_of(base) for base in node.bases}
            elif isinstance(node, ast.Assign) and is_named(node.value):
                bases[name_of(node.targets[0])].add(name_of(node.value.func.value))
    found, further = set(), {"Problem"}
    while further:
        found |= further
        further = {name for name, above in bases.items() if above & found} - found
    return found


PROBLEMS = problems()


def is_sentence(node: ast.expr | None) -> bool:
    """Whether words stand here as they are. Codes and fields have no spaces."""
    if isinstance(node, ast.JoinedStr):
        return any(is_sentence(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return is_sentence(node.left) or is_sentence(node.right)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip()


def assigned(node: ast.ClassDef, name: str) -> ast.expr | None:
    """What a class body gives this name, alone or in a tuple."""
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            target, value = statement.targets[0], statement.value
            targets = target.elts if isinstance(target, ast.Tuple) else [target]
            values = value.elts if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) else [value]
            for one, given in zip(targets, values, strict=False):
                if name_of(one) == name:
                    return given
    return None


def unmarked(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Sentences of problems and findings outside of N_."""
    for node in ast.walk(tree):
        told: list[ast.expr | None] = []
        if isinstance(node, ast.Call) and name_of(node.func) in PROBLEMS:
            told = [*node.args, *(given.value for given in node.keywords if given.arg == "title")]
        elif is_named(node):
            told = list(node.args)
        elif isinstance(node, ast.ClassDef) and node.name in PROBLEMS:
            told = [assigned(node, "title")]
        elif isinstance(node, ast.Dict):
            given = {
                key.value: value
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant)
            }
            told = [given.get("message")] if "code" in given else []
        yield from ((one.lineno, ast.unparse(one)) for one in told if one is not None and is_sentence(one))


def hidden(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Marks that the extraction does not find: inside an f-string, or around something that is no literal."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside = [one for part in node.values for one in ast.walk(part)]
            yield from ((one.lineno, ast.unparse(one)) for one in inside if is_mark(one) and is_literal(one))
        elif (
            is_mark(node)
            and node.args
            and not is_literal(node)
            and (name_of(node.func) == "N_" or is_sentence(node.args[0]))
        ):
            yield node.lineno, ast.unparse(node)


def is_mark(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and name_of(node.func) in MARKS


def is_literal(node: ast.Call) -> bool:
    return bool(node.args) and isinstance(node.args[0], ast.Constant)


def test_the_walk_sees_the_problems_of_every_package() -> None:
    assert {"Invalid", "NotFound", "RenderingError", "MailMissing", "BatchMissing"} < PROBLEMS


@pytest.mark.parametrize("check", [unmarked, hidden])
def test_every_sentence_is_known_to_the_catalogs(check) -> None:
    assert [f"{path}:{line} {found}" for path, tree in TREES.items() for line, found in check(tree)] == []


@pytest.mark.parametrize(
    "source",
    [
        'raise Invalid("The amount is wrong.")',
        'raise Invalid(f"The amount {amount} is wrong.", code="amount")',
        'raise Invalid("The amount is wrong: " + reason)',
        'raise Invalid(N_("Wrong."), title="The amount is wrong.")',
        'class TooMany(Problem):\n    code, title = "too_many", f"At most {MOST} of them."',
        'TooMany = Problem.named("too_many", f"At most {MOST} of them.")',
        'error = {"field": "amount", "code": "wrong", "message": "The amount is wrong."}',
    ],
)
def test_a_sentence_without_mark_is_found(source) -> None:
    assert len(list(unmarked(ast.parse(source)))) == 1


@pytest.mark.parametrize(
    "source", ["f\"<p>{_('All values.')}</p>\"", 'N_("One" if one else "many")', '_(f"At {day}, all")']
)
def test_a_mark_that_is_not_extracted_is_found(source) -> None:
    assert len(list(hidden(ast.parse(source)))) == 1
