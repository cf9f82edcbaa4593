"""What the DNS says of a domain's calendars and contacts (RFC 6764 sections 3 and 4), where a resolver is at hand."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from service.errors import Rejected, Unavailable

Lookup = Callable[[str, str], Sequence[str]]
"""Name and type ("SRV", "TXT") to the records as text; none where there are none. Raises Unavailable."""

_PATIENCE = 5.0  # seconds


def system_lookup() -> Lookup | None:
    """By dnspython, which an extra brings; None without it."""
    try:
        from dns import exception, resolver
    except ImportError:
        return None

    def lookup(name: str, kind: str) -> Sequence[str]:
        try:
            return [record.to_text() for record in resolver.resolve(name, kind, lifetime=_PATIENCE)]
        except (resolver.NXDOMAIN, resolver.NoAnswer):
            return ()
        except (exception.DNSException, OSError) as error:
            raise Unavailable(f"the DNS does not answer for {name}: check the network, or set `url`") from error

    return lookup


def services(lookup: Lookup, service: str, domain: str) -> Iterator[str]:
    """Encrypted servers only, in the order of their priority. Raises Rejected where one lies in another domain: without DNSSEC anybody
    on the way could have named it (RFC 6764 section 8), so its person has to.
    """
    name = f"_{service}s._tcp.{domain}"
    path = next((p for text in lookup(name, "TXT") if (p := _path(text))), f"/.well-known/{service}")
    for target, port in _ordered(lookup(name, "SRV")):
        url = f"https://{target}" + (f":{port}" if port != 443 else "")
        if target != domain and not target.endswith(f".{domain}"):
            raise Rejected(f"the DNS of {domain} names {target}, in another domain: if that is yours, set `url: {url}{path}`")
        yield url + path


def _ordered(records: Sequence[str]) -> list[tuple[str, int]]:
    """RFC 2782: by priority, among equals by weight and luck. A target of "." says that there is no such service."""
    found = []
    for record in records:
        parts = record.split()
        if len(parts) == 4 and all(part.isdigit() for part in parts[:3]) and (target := parts[3].rstrip(".").lower()):
            found.append((int(parts[0]), -int(parts[1]) * random.random(), target, int(parts[2])))
    return [(target, port) for _, _, target, port in sorted(found)]


def _path(text: str) -> str:
    key, _, value = text.strip().strip('"').partition("=")
    return value if key.strip().lower() == "path" and value.startswith("/") else ""
