"""Licence keys in Security Center."""
