"""How many contacts, by day, reason, channel and source; and the days on which the centre is open."""
