"""Microsoft's clouds: where one signs in to each, and where its Graph is.

https://learn.microsoft.com/graph/deployments and https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from service.errors import Rejected

WORLD = "https://login.microsoftonline.com"
_GRAPHS = {
    "login.microsoftonline.com": "https://graph.microsoft.com",
    "login.microsoft.com": "https://graph.microsoft.com",
    "login.windows.net": "https://graph.microsoft.com",
    "login.microsoftonline.us": "https://graph.microsoft.us",  # of the Department of Defense: graph=https://dod-graph.microsoft.us
    "login.partner.microsoftonline.cn": "https://microsoftgraph.chinacloudapi.cn",
    "login.chinacloudapi.cn": "https://microsoftgraph.chinacloudapi.cn",
}
_OURSELVES = frozenset({"localhost", "127.0.0.1", "::1"})


def authority(given: str, tenant: str) -> str:
    """`https://host/tenant`. Raises Rejected where `given` is no https:// address."""
    parts = urlsplit(given if "://" in given else f"https://{given}")
    if parts.scheme != "https" or not parts.hostname:
        raise Rejected(f"authority={given} is no https:// address: leave it out, or give your cloud's, such as {WORLD}")
    return f"https://{parts.netloc}/{parts.path.strip('/') or tenant}"


def graph(given: str, authority: str) -> str:
    """Graph's address without a version. Raises Rejected where nobody knows it, or tokens would travel in the clear."""
    found = (given or _GRAPHS.get(urlsplit(authority).hostname or "", "")).rstrip("/")
    parts = urlsplit(found)
    if not found:
        raise Rejected(f"nobody knows where Graph is for {authority}: give graph=https://…")
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _OURSELVES)):
        raise Rejected("graph= is no https:// address: tokens are sent to no other")
    return found


def is_microsofts(authority: str) -> bool:
    """Whether MSAL may ask login.microsoftonline.com about this authority's host."""
    return urlsplit(authority).hostname in _GRAPHS


def scope(name: str, graph: str) -> str:
    """As Entra takes it: of another cloud's Graph its address stands before it."""
    return f"{graph}/{name}" if graph in _GRAPHS.values() and graph != _GRAPHS["login.microsoftonline.com"] else name
