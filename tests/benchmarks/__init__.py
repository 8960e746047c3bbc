"""Measurements, run by hand; nothing here is collected by the suite. What they gave stands in README.md beside."""
