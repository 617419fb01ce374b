"""One run from evidence to decisions: its options, stages, case folder and what is read back from it."""
