"""The door for servers and for `flask`: the application made from the environment."""

from app import create_app

app = create_app()
