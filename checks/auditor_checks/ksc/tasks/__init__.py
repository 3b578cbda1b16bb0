"""Tasks of Security Center."""
