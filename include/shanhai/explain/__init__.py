"""Explaining: a figure or a cell of a mart is followed back to the printed characters."""
