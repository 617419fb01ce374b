"""Who must be told, by when, and why: facts, three-valued rules over people and estimates, clocks, decisions, texts."""

from leakscope.notification.decision import DISCLAIMER, Decision, decide

__all__ = ["DISCLAIMER", "Decision", "decide"]
