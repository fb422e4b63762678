"""Pages for everybody who is signed in, and the way in."""
