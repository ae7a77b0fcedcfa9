"""What is found in a document that does not keep it from being accepted, or does."""

from dataclasses import dataclass
from dataclasses import field as default
from typing import Literal

Severity = Literal["blocker", "warning"]


@dataclass(frozen=True)
class Finding:
    """`code` is the rule's number, `field` a path into DocumentData; `params` fill the message where it is shown."""

    code: str
    field: str
    message: str
    params: dict[str, str] = default(default_factory=dict)
    severity: Severity = "warning"
