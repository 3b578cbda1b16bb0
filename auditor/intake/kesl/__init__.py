"""Readers of the KESL family: Kaspersky Endpoint Security, KICS and KESS for Linux."""
