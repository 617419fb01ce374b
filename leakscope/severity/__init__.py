"""How bad: severity per individual, per data class and for the incident, every weight visible and overridable."""

from leakscope.severity.engine import Severity, assess, check_overrides
from leakscope.severity.overrides import Override
from leakscope.severity.scheme import load_scheme, scheme_names
from leakscope.severity.score import processing_context, severity_score

__all__ = ["Override", "Severity", "assess", "check_overrides", "load_scheme", "processing_context", "scheme_names", "severity_score"]
