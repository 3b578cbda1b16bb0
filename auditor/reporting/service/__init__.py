"""Service reports as files: a stored document becomes HTML, CSV or JSON, in the language that is asked for.

`render` is the way in. A document holds no words and no names of people, so the same document gives every language.
"""
