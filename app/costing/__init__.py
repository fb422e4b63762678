"""What a contact costs: dated rates per channel, each with its source."""
