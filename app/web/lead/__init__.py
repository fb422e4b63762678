"""Pages for call-centre leads and agents."""
