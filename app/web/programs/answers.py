"""Answers to programs: JSON that says with a tag whether it changed, so that what is known is not sent again."""

from hashlib import blake2b

from flask import Response, request

MIMETYPE = "application/json"
TAG_BYTES = 16


def read(body: str) -> Response:
    """What a program asked to read; 304 where it has it already."""
    response = Response(body, mimetype=MIMETYPE)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization"
    response.set_etag(blake2b(response.get_data(), digest_size=TAG_BYTES).hexdigest())
    response.make_conditional(request)
    return response


def written(body: str, status: int) -> Response:
    """What became of something that a program sent."""
    response = Response(body, status, mimetype=MIMETYPE)
    response.headers["Cache-Control"] = "no-store"
    return response
