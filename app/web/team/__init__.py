"""Pages for the SWAT team."""
