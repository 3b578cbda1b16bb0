"""Signing a delivery and proving it: keys, manifest, links, and the steps of `auditor verify`."""
