"""Releases: a candidate is built and tested aside; readers are switched to exactly what was tested."""
