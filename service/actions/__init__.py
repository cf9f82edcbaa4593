"""Proposals, the gate and approvals. Nothing that changes or sends anything outside runs but through `Gate.open`."""

from service.actions.gate import Gate, Pass
from service.actions.tools import Tool

__all__ = ["Gate", "Pass", "Tool"]
