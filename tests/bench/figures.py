"""How a bench says its figures: one row each, ours beside the peer's and the target."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`ratio` is how many times better ours is than the peer's: of rates and shares the quotient, of times its inverse."""

    name: str
    ours: float
    peer: float | None = None
    unit: str = ""
    target: str = ""
    met: bool | None = None

    @property
    def ratio(self) -> float | None:
        if not self.peer or not self.ours:
            return None
        return self.ours / self.peer if self.unit.endswith(("/s", "%")) else self.peer / self.ours

    def row(self) -> tuple[str, str, str, str, str]:
        peer = _number(self.peer, self.unit) if self.peer is not None else ""
        ratio = f"{self.ratio:.2f}" if self.ratio is not None else ""
        mark = {True: "✓ ", False: "✗ ", None: ""}[self.met]
        return self.name, _number(self.ours, self.unit), peer, ratio, mark + self.target


def report(*figures: Figure) -> None:
    for figure in figures:
        name, ours, peer, ratio, target = figure.row()
        print(f"{name:<48} {ours:>12} {peer:>12} {ratio:>6}  {target}", flush=True)


HEAD = f"{'figure':<48} {'ours':>12} {'peer':>12} {'ratio':>6}  target"


def _number(value: float, unit: str) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"
