"""The blueprint that the routes of this folder hang on."""

from flask import Blueprint

pages = Blueprint("team", __name__)
