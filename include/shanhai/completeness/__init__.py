"""Completeness: what was due by the publication calendar, and what became of it, judged from the ledger alone."""
