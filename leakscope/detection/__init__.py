"""Finds what stands in values: the pattern kernel, names, conversations and topics, and what is known to be harmless."""
