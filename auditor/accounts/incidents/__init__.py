"""Requests of customers: what happened to them, which response was promised until when, and what may happen next.

state       an incident as its events make it
lifecycle   the states and what leads from one to another
clock       the response clock: a pure function of incident, terms and calendar
commands    what people and the tool may do; each gives the events to append
quota       premium units: periods, booking, returning
routing     who works on it
escalation  thresholds that are due, notifications, what was superseded
severity    levels suggested from effects and from foreign scales
queue       the order in which requests are worked on
rows        the row of the store's table
explain     why the clock says what it says
"""
