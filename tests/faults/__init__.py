"""Faults put into every step; a package, so that its server and its environment end with its last test."""
