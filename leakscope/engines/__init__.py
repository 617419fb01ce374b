"""Runs the batch function over all batches: in this process or in several; the results are the same."""
