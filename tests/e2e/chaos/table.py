"""What the results hold, a row for each scenario and topology."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def show(lines: Sequence[dict[str, Any]]) -> int:
    """1 where anything failed, 0 otherwise."""
    head = ("scenario", "on", "points", "released", "lost", "twice", "unended", "doubtful", "late p50/p99/most s", "verdict")
    rows = [head]
    for name, on in dict.fromkeys((line["name"], line["on"]) for line in lines):
        mine = [line for line in lines if (line["name"], line["on"]) == (name, on)]
        sums = [str(sum(len(line.get(key, ())) for line in mine)) for key in ("lost", "duplicates", "unended")]
        doubt = {key: sum(line.get("doubtful", {}).get(key, 0) for line in mine) for key in ("found", "twice", "unknown")}
        late = [line["lateness"] for line in mine if line.get("lateness")]
        lateness = " / ".join(str(max((one[key] for one in late), default="")) for key in ("p50", "p99", "most"))
        totals = [str(sum(line.get(key, 0) for line in mine)) for key in ("points", "released")]
        doubts = ", ".join(f"{count} {key}" for key, count in doubt.items() if count)
        failed = sum(not line["passes"] for line in mine)
        rows.append((name, on, *totals, *sums, doubts or "0", lateness, f"{failed} rounds failed" if failed else "passes"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for line in lines:
        if not line["passes"]:
            troubles = line.get("error") or {k: line.get(k) for k in ("lost", "duplicates", "unended", "unexplained")}
            print(f"\nFAILED {line['name']} on {line['on']}, seed {line['seed']}, kept in {line.get('folder')}\n{troubles}")
    return int(any(not line["passes"] for line in lines))
