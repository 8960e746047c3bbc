"""The documents people write: sources with their editions, origin records, expectations. Read strictly."""
