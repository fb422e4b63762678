"""Why customers make contact: the reason tree with its dated history, and what other systems call the same reasons."""
