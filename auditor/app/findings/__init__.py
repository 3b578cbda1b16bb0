"""Findings over the years: stored results side by side, their history, what people say about them, requests from them.

verdicts, results   a stored result as a run that can be compared, held small however many things it judged
comparing           two results side by side, as a document, text and table
kept_runs, history  what delivered runs said, and what became of every finding since
known, current      findings of the store, and verdicts of an engagement that is not delivered yet
judging, waivers    comments, ratings, acceptances and answers of people; waivers for the next audit
questions ...       interview questions as a workbook or YAML file, and their answers back
promoting           requests made from findings, by a person
views, pages        what was asked, as JSON and as text
"""
