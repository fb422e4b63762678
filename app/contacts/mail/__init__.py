"""Mail that becomes contacts: messages read, their threads, mbox files and folders, mailboxes on a server."""
