"""Reading one edition of a table: bytes and document to staging rows, each with its locator. No database."""
