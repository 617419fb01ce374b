"""Finds the parts of the house: every module of a package that offers a named thing, without a list kept by hand."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any


def discover(package: ModuleType, attribute: str, *, group: str | None = None) -> dict[str, Any]:
    """
    Everything called `attribute` in the modules of `package`, by module name, in name order.

    Args:
        package: an imported package whose direct modules are looked at (names starting with `_` are not).
        attribute: module-level name a module must define to be picked up.
        group: entry-point group whose objects are added under their entry-point name.

    Returns:
        name -> object; a module without the attribute is simply not part of the registry.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_"))
    modules = ((name, importlib.import_module(f"{package.__name__}.{name}")) for name in names)
    found = {name: getattr(module, attribute) for name, module in modules if hasattr(module, attribute)}
    for entry in entry_points(group=group) if group else ():
        found[entry.name] = entry.load()
    return found
