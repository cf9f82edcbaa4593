"""Proposals, the gate and approvals. Nothing that changes or sends anything outside runs but through `Gate.open`."""

from service.actions.gate import Gate
from service.actions.tools import TOOLS, Tool

__all__ = ["TOOLS", "Gate", "Tool"]
