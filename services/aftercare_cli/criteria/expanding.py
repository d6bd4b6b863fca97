"""Commands that take criteria: one parameter of theirs stands for all the options."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from functools import wraps
from inspect import Parameter
from typing import Any, get_type_hints

from aftercare_cli.criteria.words import CriteriaWords


def with_criteria(command: Callable[..., None]) -> Callable[..., None]:
    """The command with an option for each of the `CriteriaWords` in place of its parameter `criteria`."""
    fields = dataclasses.fields(CriteriaWords)
    hints = get_type_hints(CriteriaWords, include_extras=True)
    own = inspect.signature(command, eval_str=True)
    options = [
        Parameter(
            field.name,
            Parameter.KEYWORD_ONLY,
            default=Parameter.empty if field.default is dataclasses.MISSING else field.default,
            annotation=hints[field.name],
        )
        for field in fields
    ]

    @wraps(command)
    def expanded(**given: Any) -> None:  # noqa: ANN401 (each command's own parameters)
        said = {field.name: given.pop(field.name) for field in fields}
        command(criteria=CriteriaWords(**said), **given)

    others = [
        parameter.replace(kind=Parameter.KEYWORD_ONLY)
        for name, parameter in own.parameters.items()
        if name != "criteria"
    ]
    parameters = [*others, *options]
    expanded.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # typer reads it
    expanded.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    del expanded.__wrapped__  # else the hints would be read from the inner one
    return expanded
