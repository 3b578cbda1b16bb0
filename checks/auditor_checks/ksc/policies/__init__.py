"""Policies of Security Center."""
