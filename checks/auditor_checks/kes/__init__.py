"""Checks of Kaspersky Endpoint Security for Windows."""
