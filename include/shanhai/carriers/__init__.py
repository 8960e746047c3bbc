"""Carriers: bytes of a publication to cells or text, each with its locator. No meaning is given here."""
