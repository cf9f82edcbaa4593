"""reveille.yaml and the server's settings as typed values. What an integration's settings derive from is in `section`."""

from service.settings.config import Config
from service.settings.load import find, load
from service.settings.schema import schema

__all__ = ["Config", "find", "load", "schema"]
