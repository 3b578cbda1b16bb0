"""Fixtures that every folder of tests may use, and the pace of generated tests."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.stores"]

# How long an example takes tells how busy the machine is, not whether the code is right.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
