"""Doing what is due: thresholds, lists, reminders, reports and the messages about them, each exactly once.

`auditor.app.tick.run` is the way in; every other module is one kind of work.
"""
