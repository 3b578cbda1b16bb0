"""Servers that still run KSWS."""
