"""Service reports of the store: what is due, making them once, their history, sending them.

asking       what is asked for, from the words of a person or from what is due
gathering    everything that a report is made of, read in few questions
making       one transaction for each report, made once however often it is asked for
dueness      what is due or late at an instant, and making it
definitions  saved definitions of periodic reports
history      the very bytes that were made, and whether they can be made again
sending      that a report was sent by e-mail or told by phone
"""
