"""Giving contacts their reason: the inbox and the picker."""
