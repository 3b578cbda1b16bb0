"""Distribution points."""
