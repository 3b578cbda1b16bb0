"""Health-check toolkit for Kaspersky business products."""

__version__ = "0.1.0"
