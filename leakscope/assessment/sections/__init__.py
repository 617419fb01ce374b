"""The sections of assessment.json, each a pure function of what the run holds."""
