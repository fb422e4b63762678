"""The programs' door: version 1 of the API. Programs show a token, send JSON, and are answered in JSON."""
