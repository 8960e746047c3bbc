"""The workbench of documents: see what one reads, draft a new one, register an edition. No database."""
