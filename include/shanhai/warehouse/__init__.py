"""The warehouse's own relations: `ops` (what happened) and `staging` (what was printed)."""
