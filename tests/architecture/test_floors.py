"""What import-linter cannot see: relations between tables, and doors of another app."""

import ast

import pytest
from django.apps import apps
from django.db.models import Model

from tests.architecture.source import ROOT, floors, imports_of, name_of, python_files, tree_of

DOORS = {"urls", "views", "api", "tasks", "admin", "management", "forms", "context", "authentication"}
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}


def _own_models() -> list[type[Model]]:
    own = [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("apps.")]
    assert own, "no model was found, so this test would prove nothing"
    return own


def test_every_app_has_a_floor() -> None:
    installed = {
        config.name.removeprefix("apps.") for config in apps.get_app_configs() if config.name.startswith("apps.")
    }
    assert installed == set(floors())


@pytest.mark.parametrize("model", _own_models(), ids=lambda model: model._meta.label)
def test_relations_point_to_the_same_app_or_down(model: type[Model]) -> None:
    here = model._meta.app_label
    for field in model._meta.get_fields():
        if field.auto_created or not field.is_relation or field.related_model in (None, model):
            continue
        there = field.related_model._meta.app_label
        if there in floors() and there != here:
            assert floors()[there] < floors()[here], f"{model._meta.label}.{field.name} points from {here} to {there}"


def test_relations_name_the_class() -> None:
    """A relation given as "app.Model" hides the import from import-linter."""
    hidden = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files("apps")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in RELATIONS
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and "." in str(node.args[0].value)
    ]
    assert hidden == []


def test_no_app_imports_the_doors_of_another() -> None:
    wrong = []
    for path in python_files("apps"):
        here = path.relative_to(ROOT).parts[1]
        for line, name in imports_of(path):
            parts = name.split(".")
            if parts[0] == "apps" and len(parts) > 2 and parts[1] not in (here, "core") and parts[2] in DOORS:
                wrong.append(f"{name_of(path)}:{line} imports {name}")
    assert wrong == []
