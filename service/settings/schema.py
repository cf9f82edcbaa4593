"""The config file's JSON schema, for editors: `# yaml-language-server: $schema=…` on the first line points one to it."""

from __future__ import annotations

from typing import Any

from service.settings.cadences import JOBS, NAMED
from service.settings.file import File
from service.settings.kinds import Kinds, installed
from service.settings.rules import RuleSection
from service.settings.section import Section

ADDRESS = "https://json-schema.org/draft/2020-12/schema"


def schema(kinds: Kinds | None = None) -> dict[str, Any]:
    """JSON Schema 2020-12 of the whole file, with every kind this environment can load."""
    from pydantic.json_schema import models_json_schema

    known = kinds or installed()
    families = {"sources": known.sources.loadable(), "channels": known.channels.loadable(), "voice": known.voices.loadable()}
    models: list[type[Section]] = [File, RuleSection, *JOBS.values(), *(m for found in families.values() for m in found.values())]
    refs, whole = models_json_schema([(model, "validation") for model in models], ref_template="#/$defs/{model}")
    at = {model: ref for (model, _), ref in refs.items()}
    definitions = whole["$defs"]
    for found in families.values():
        for kind, model in found.items():
            _tagged(_resolved(at[model], definitions), kind)
    top = definitions.pop(at[File]["$ref"].rpartition("/")[2])
    places = top["properties"]
    places["sources"] |= {"items": _one_of(families["sources"], at, "kind")}
    places["channels"] |= {"additionalProperties": _one_of(families["channels"], at, "kind")}
    places["rules"] |= {"items": at[RuleSection]}
    places["cadences"] |= {
        "properties": {name: at[JOBS[job]] for name, job in NAMED.items()},
        "additionalProperties": {"oneOf": [{"allOf": [at[model]], "required": ["job"]} for model in JOBS.values()]},
    }
    places["voice"] = {**places["voice"], **_one_of(families["voice"], at, "kind"), "default": None}
    return {"$schema": ADDRESS, "title": "reveille.yaml", **{k: v for k, v in top.items() if k != "title"}, "$defs": definitions}


def _resolved(ref: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = definitions[ref["$ref"].rpartition("/")[2]]
    return found


def _tagged(section: dict[str, Any], kind: str) -> None:
    """The kind as a constant that must be there, whether or not the class gives it a default."""
    section["properties"] = {"kind": {"const": kind, "description": "Which kind this is"}} | {
        key: value for key, value in section["properties"].items() if key != "kind"
    }
    section["required"] = sorted({"kind", *section.get("required", ())})


def _one_of(found: dict[str, type[Section]], at: dict[Any, Any], tag: str) -> dict[str, Any]:
    if not found:
        return {"type": "object", "required": [tag]}
    mapping = {kind: at[model]["$ref"] for kind, model in found.items()}
    return {"oneOf": [at[model] for model in found.values()], "discriminator": {"propertyName": tag, "mapping": mapping}}
