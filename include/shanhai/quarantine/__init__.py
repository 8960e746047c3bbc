"""The quarantine workbench: what waits there, the evidence for it, and the decisions people make."""
