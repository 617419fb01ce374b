"""Tests of the notification engine."""
