"""Runs the batch function over all batches: in this process, in several, or on Spark; the results are the same."""
