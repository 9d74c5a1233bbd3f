"""The blueprint all page modules add their routes to."""

from flask import Blueprint

blueprint = Blueprint("pages", __name__)
