"""The catalogue: what is looked for, as data. One TOML file per provider, country or theme; this package loads and checks it."""

from __future__ import annotations

from leakscope.catalogue.loader import load
from leakscope.catalogue.model import Catalogue, Detector, Provider, Reference

__all__ = ["Catalogue", "Detector", "Provider", "Reference", "load"]
