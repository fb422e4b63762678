"""The weekly meeting: decisions and actions."""
