"""Updates in Security Center's repository."""
