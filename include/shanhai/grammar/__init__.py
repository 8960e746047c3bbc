"""The grammar of printed Chinese statistics: figures, periods, labels, sentences. No database, no files."""
