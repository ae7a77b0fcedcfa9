"""The enums of the contract as Python's, with their words: run by libs/kontor-events/generate.sh."""

import sys
from pathlib import Path

from google.protobuf.descriptor import EnumDescriptor, EnumValueDescriptor

from kontor.common.v1 import options_pb2
from kontor_events.registry import contexts

_WORDS = (options_pb2.word, options_pb2.plural, options_pb2.long, options_pb2.tone, options_pb2.vague)


def module(context: str, enums: list[EnumDescriptor]) -> str:
    classes = "".join(_class(enum) for enum in enums)
    return f'"""Generated from {context}.proto by make proto."""\n\nfrom kontor_events.codes import Code\n{classes}'


def _class(enum: EnumDescriptor) -> str:
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    values = "".join(f"    {_value(value, value.name.removeprefix(prefix))}\n" for value in enum.values if value.number)
    return f"\n\nclass {enum.name}(Code):\n{values}"


def _value(value: EnumValueDescriptor, name: str) -> str:
    options = value.GetOptions().Extensions
    fields = [options[options_pb2.code] or name.lower(), *(options[word] for word in _WORDS)]
    while len(fields) > 1 and not fields[-1]:
        fields.pop()
    return f"{name} = {', '.join(map(repr, fields))}"


def main(folder: Path) -> None:
    for context, contract in contexts().items():
        enums = list(contract.DESCRIPTOR.enum_types_by_name.values())
        if enums:
            (folder / f"kontor/{context}/v1/{context}_pb2_codes.py").write_text(module(context, enums))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
