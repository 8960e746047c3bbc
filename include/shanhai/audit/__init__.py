"""The quarterly audit: performs the catalogue, reconciles, samples, keeps findings and decisions, seals the pack."""
