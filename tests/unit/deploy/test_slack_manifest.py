"""The app that the manifest makes may do what the connection asks, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.live.fakes.slack import ALL_SCOPES

ROOT = Path(__file__).parents[3]
WRITING = {"chat:write", "im:write"}


def manifest() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "slack-manifest.yaml").read_text(encoding="utf-8"))
    return read


def test_the_person_only_reads_and_the_bot_may_post() -> None:
    scopes = manifest()["oauth_config"]["scopes"]
    assert set(scopes["user"]) == ALL_SCOPES - WRITING
    assert set(scopes["bot"]) == ALL_SCOPES - {"search:read"}


def test_it_stays_in_its_workspace() -> None:
    settings = manifest()["settings"]
    assert (settings["org_deploy_enabled"], settings["socket_mode_enabled"]) == (False, True)
    assert "redirect_urls" not in manifest()["oauth_config"]


def test_the_page_explains_every_scope() -> None:
    page = (ROOT / "docs" / "connections" / "slack.md").read_text(encoding="utf-8")
    for scope in ALL_SCOPES:
        assert f"`{scope}`" in page, scope
