"""Door controllers of a made-up vendor, as an example of a plugin."""
