"""What people do with incidents: each use case reads, lets the rules decide and appends, in one writing transaction.

opening        handing in a request: contract, terms and calendar of that instant, quota, route
acting         what all later steps have in common, and what follows from them
actions        the later steps by name
recalculating  reckoning a deadline anew with the calendar as it is now
importing      history from elsewhere, in any order, repeated without harm
staff          who works on requests, and when these people can be told something
notices        what is told to whom
views, pages   what was asked, as JSON and as text
"""
