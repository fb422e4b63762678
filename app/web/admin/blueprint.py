"""The blueprint that the routes of this folder hang on."""

from flask import Blueprint

pages = Blueprint("admin", __name__)
