"""The ask and the sponsors' pages."""
