"""Settings are frozen classes; each field has its sentence, and stands in docs/SETTINGS.md."""

import ast
import importlib
import inspect
import re
import textwrap

from pydantic_settings import BaseSettings, SettingsConfigDict

from architecture.source import ROOT, SERVICES

DOCUMENT = ROOT / "docs" / "SETTINGS.md"


def settings_classes() -> list[type[BaseSettings]]:
    """Every settings class that a services/*/settings.py defines."""
    found = []
    for path in sorted(SERVICES.glob("*/settings.py")):
        module = importlib.import_module(f"{path.parent.name}.settings")
        found += [
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, BaseSettings)
            and value.__module__ == module.__name__
        ]
    return found


def fields_without_sentence(settings: type[BaseSettings]) -> list[str]:
    """The fields of a class's own body that no docstring follows."""
    [body] = ast.parse(textwrap.dedent(inspect.getsource(settings))).body
    assert isinstance(body, ast.ClassDef)
    wanting = []
    for statement, following in zip(body.body, [*body.body[1:], None], strict=True):
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        is_field = statement.target.id in settings.model_fields
        has_sentence = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
        if is_field and not has_sentence:
            wanting.append(f"{settings.__module__}.{settings.__name__}.{statement.target.id}")
    return wanting


def fields_not_documented(settings: type[BaseSettings], document: str) -> list[str]:
    """The fields whose environment variable is not named, as code, in the document."""
    prefix = settings.model_config.get("env_prefix", "")
    names = {field: f"{prefix}{field}".upper() for field in settings.model_fields}
    return [name for name in names.values() if not re.search(rf"`{re.escape(name)}`", document)]


def test_every_setting_has_its_sentence() -> None:
    assert [field for settings in settings_classes() for field in fields_without_sentence(settings)] == []


def test_every_setting_stands_in_the_document() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert [
        name for settings in settings_classes() for name in fields_not_documented(settings, document)
    ] == []


def test_settings_cannot_change_while_running() -> None:
    assert [
        settings.__name__ for settings in settings_classes() if not settings.model_config.get("frozen")
    ] == []


class Planted(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PLANTED_", frozen=True)

    told: int = 1
    """How often; at least once."""
    untold: int = 2


def test_a_setting_without_sentence_is_caught() -> None:
    assert [name.rpartition(".")[2] for name in fields_without_sentence(Planted)] == ["untold"]


def test_a_setting_missing_from_the_document_is_caught() -> None:
    assert fields_not_documented(Planted, "| `PLANTED_TOLD` | How often |") == ["PLANTED_UNTOLD"]
