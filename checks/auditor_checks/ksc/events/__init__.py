"""The event repository of Security Center."""
