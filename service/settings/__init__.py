"""reveille.yaml and the server's settings as typed values. What an integration's settings derive from is in `section`."""

from service.settings.config import Config
from service.settings.load import find, load, load_text
from service.settings.schema import schema

__all__ = ["Config", "find", "load", "load_text", "schema"]
