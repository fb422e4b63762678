"""What really stopped coming: what would have come beside what came."""
