"""LeakScope: from a sample of exposed records to a breach decision."""

__version__ = "0.1.0"
