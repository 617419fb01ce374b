"""Keeps evidence from leaking again: opaque values, keyed pseudonyms, masks, escapes, the ledger and the vault."""
