"""Accounts, contracts, contacts and the people who look after them: what is read from and written to the store."""
