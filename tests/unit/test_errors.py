"""A package that is not there is told with what brings it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from service.errors import _EXTRAS, not_installed


def test_a_missing_package_names_the_extra_that_brings_it() -> None:
    told = not_installed(ModuleNotFoundError("No module named 'google.oauth2'", name="google.oauth2"))
    assert "make extras EXTRAS=google" in str(told)


def test_any_other_error_is_another() -> None:
    assert not_installed(ModuleNotFoundError("No module named 'nothing'", name="nothing")) is None
    assert not_installed(ValueError("google")) is None


def test_each_extra_is_one_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert set(_EXTRAS.values()) <= set(project["project"]["optional-dependencies"])
