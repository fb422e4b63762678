"""Money promised, realised and validated against the goal."""
