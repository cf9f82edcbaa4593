"""Defaults in the schema, as a person would write them in the file."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from service.settings.words import say_duration


class AsWritten(GenerateJsonSchema):
    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, timedelta):
            return say_duration(dft)
        if isinstance(dft, time):
            return f"{dft:%H:%M}"
        if dft == [0, 1, 2, 3, 4]:  # the one set of days that is a default
            return "weekdays"
        if isinstance(dft, tuple):
            return [self.encode_default(one) for one in dft]
        return super().encode_default(dft)
