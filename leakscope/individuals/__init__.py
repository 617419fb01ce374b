"""From findings to data subjects: who the evidence speaks of, which elements of whom were exposed, and how many people that is."""

from leakscope.individuals.decisions import apply_decisions, load_decisions
from leakscope.individuals.linkage import link
from leakscope.individuals.model import LinkDecision, Linked

__all__ = ["LinkDecision", "Linked", "apply_decisions", "link", "load_decisions"]
