"""山海仓 (shanhai): the verbs that take a printed figure to a promoted mart."""

__version__ = "0.1.0"
