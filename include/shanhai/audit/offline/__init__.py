"""Programs that travel in the pack: an auditor runs them where this project is not."""
