"""What pydantic says, in the words of the person who wrote the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from service.settings.document import Document, Place, shown
from service.settings.kinds import meant
from service.settings.section import Secret, SecretUnreadable, Section

SEE = "See docs/config.md, or `reveille schema`"
_TYPES = {
    "string_type": ("this must be text", "Put it in quotes"),
    "bool_type": ("this must be true or false", "Write true or false, without quotes"),
    "bool_parsing": ("this must be true or false", "Write true or false, without quotes"),
    "int_type": ("this must be a whole number", "Write it in digits, without quotes"),
    "int_parsing": ("this must be a whole number", "Write it in digits, without quotes"),
    "int_from_float": ("this must be a whole number", "Leave out the fraction"),
    "float_type": ("this must be a number", "Write it in digits, without quotes"),
    "float_parsing": ("this must be a number", "Write it in digits, without quotes"),
    "tuple_type": ("this must be a list", "Write it as [first, second]"),
    "list_type": ("this must be a list", "Write it as [first, second]"),
    "dict_type": ("this must be a section of keys", "Write it as {key: value}, or one key a line, indented"),
    "model_type": ("this must be a section of keys", "Write it as {key: value}, or one key a line, indented"),
    "string_pattern_mismatch": ("it does not have the form that is wanted here", SEE),
    "path_type": ("this must be a path", "Write it as text, such as ~/Mail"),
}


def validated(model: type[Section], data: object, document: Document, place: Place, context: Mapping[str, Any]) -> Any:
    """The section, or None with every complaint added to the document."""
    try:
        return model.model_validate(data, context=dict(context))
    except ValidationError as error:
        for place_in, (problem, fix) in _furthest(error, model, data).items():
            document.complain((*place, *place_in), problem, fix)
    except RecursionError:
        document.complain(place, "it is nested too deeply", "Flatten it")
    return None


def _furthest(error: ValidationError, model: type[BaseModel], data: object) -> dict[Place, tuple[str, str]]:
    """One complaint a place. Of the ways a value could have been meant (a union's), those that got furthest into it count."""
    said: dict[Place, tuple[str, str]] = {}
    for details in error.errors(include_url=False, include_input=False):
        place, problem, fix = worded(details, model, data)
        said.setdefault(place, (problem, fix))
    inner = {place[:n] for place in said for n in range(1, len(place))}
    return {place: words for place, words in said.items() if place not in inner}


def _written(place: tuple[str | int, ...], data: Any, *, missing: bool) -> Place:
    """The place without the steps that only pydantic knows: a union's branch, the 0 of a list that was written as one value."""
    found: list[str | int] = []
    for i, step in enumerate(place):
        there = step in data if isinstance(data, dict) else isinstance(data, list) and step in range(len(data))
        if there:
            data = data[step]
        elif not (missing and i == len(place) - 1):
            continue
        found.append(step)
    return tuple(found)


def worded(details: Any, model: type[BaseModel], data: object) -> tuple[Place, str, str]:
    """The place below the model, what is wrong and how to mend it."""
    kind, context = details["type"], details.get("ctx", {})
    place = _written(details["loc"], data, missing=kind == "missing")
    match kind:
        case "reveille":
            return place, context["problem"], context["fix"]
        case "extra_forbidden":
            key = str(place[-1])
            return place, f"unknown key {shown(key)}", meant(key, _keys(model, place[:-1]), what="Known here")
        case "missing":
            return place, "it is missing", f"Add {place[-1]}: {SEE[0].lower() + SEE[1:]}"
        case "literal_error":
            return place, "not one of the words known here", f"Write {context['expected']}"
        case "value_error":
            return place, str(context["error"]).rstrip("."), SEE
        case "string_too_short" | "too_short":
            return place, "it is empty", "Give it a value, or remove the key"
        case "greater_than_equal" | "greater_than":
            return place, "it is too small", f"Write at least {context.get('ge', context.get('gt'))}"
        case "less_than_equal" | "less_than":
            return place, "it is too large", f"Write at most {context.get('le', context.get('lt'))}"
        case "string_too_long" | "too_long":
            return place, "it is too long", f"Keep it to {context['max_length']}"
    if kind in _TYPES:
        return place, *_TYPES[kind]
    said = str(details["msg"])
    return place, said[:1].lower() + said[1:], SEE


def _keys(model: Any, place: Place) -> list[str]:
    """The keys of the section at a place below a model; none where the way there is not plain."""
    for step in place:
        if isinstance(step, str):
            model = next((m for name, m in _children(model) if name == step), None)
        if model is None:
            return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _children(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in model.model_fields.items():
        for found in _models(field.annotation):
            yield field.alias or name, found


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)


def read_secrets(value: object, document: Document, place: Place) -> None:
    """Reads every secret below a section once, so that a missing one stops the start and not the seven o'clock briefing."""
    if isinstance(value, Secret):
        if value.kept:  # in the store, which is looked into when it connects
            return
        try:
            value.read()
        except SecretUnreadable as error:
            how = (
                f"export {value.env}=…, or name another by {{env: NAME}} or {{file: PATH}}"
                if value.env
                else "Write the secret into that file, readable by you alone"
            )
            document.complain(place, str(error), how[0].upper() + how[1:])
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            read_secrets(getattr(value, name), document, (*place, field.alias or name))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            read_secrets(inner, document, (*place, str(name)))
    elif isinstance(value, (list, tuple)):
        for i, inner in enumerate(value):
            read_secrets(inner, document, (*place, i))
