"""What came in: the one door, import batches, the formats of other systems."""
