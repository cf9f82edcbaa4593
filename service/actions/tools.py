"""What Reveille could do outside: registered in code, so that nothing read from outside can name a tool or set its tier."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.domain.proposals import Tier


@dataclass(frozen=True, slots=True)
class Tool:
    """`schema` is the JSON schema of its arguments: a flat object of strings, numbers and booleans."""

    name: str
    tier: Tier
    schema: Mapping[str, Any]

    @property
    def schema_hash(self) -> str:
        return hashlib.sha256(json.dumps(self.schema, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def misfits(self, arguments: Mapping[str, Any]) -> str:
        """What is wrong with these arguments, in words; "" where they fit."""
        properties: Mapping[str, Any] = self.schema.get("properties", {})
        if unknown := sorted(set(arguments) - set(properties)):
            return f"{self.name} takes no {', '.join(unknown)}"
        if missing := sorted(set(self.schema.get("required", ())) - set(arguments)):
            return f"{self.name} needs {', '.join(missing)}"
        wrong = sorted(k for k, v in arguments.items() if not isinstance(v, _TYPES[properties[k]["type"]]))
        return f"{self.name}: {', '.join(wrong)} of the wrong type" if wrong else ""


_TYPES: Mapping[str, type | tuple[type, ...]] = {"string": str, "number": (int, float), "integer": int, "boolean": bool}
