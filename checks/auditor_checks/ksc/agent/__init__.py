"""The Network Agent."""
