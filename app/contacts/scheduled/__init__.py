"""Sources that are looked into by themselves: drop folders and mailboxes, when they are due, what runs brought."""
