"""What service reports say: daily for level 1, quarterly, periodic and on demand. Pure: events in, one document out."""
