"""Pages for sponsors and finance."""
