"""A fictional company, made through the same actions as everybody uses."""
