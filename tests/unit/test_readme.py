"""The README promises a config in ten lines: it must load as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

from service.settings import load

README = Path(__file__).parents[2] / "README.md"


def test_the_config_in_the_readme_loads(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1
    assert len(blocks[0].strip().splitlines()) == 10
    file = tmp_path / "reveille.yaml"
    file.write_text(blocks[0], encoding="utf-8")
    config = load(file, secrets=False)
    assert (len(config.sources), [c.name for c in config.cadences]) == (3, ["morning", "meetings"])


def test_what_the_readme_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)h][^)]*)\)", README.read_text(encoding="utf-8")):
        assert (README.parent / target).exists() or target == "docs/briefing.png", target
