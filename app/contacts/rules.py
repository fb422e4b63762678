"""What a contact may say of itself."""

CHANNELS = ("phone", "email", "chat", "web", "letter", "social", "other")
CHANNEL_NAMES = {
    "phone": "phone",
    "email": "e-mail",
    "chat": "chat",
    "web": "web form",
    "letter": "letter",
    "social": "social media",
    "other": "other",
}
DIRECTIONS = ("inbound", "outbound")
