"""As whom the database lets us in, and whether row-level security holds for them."""

from __future__ import annotations

from sqlalchemy import text

from service.store.database import Database

_MINE = text("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")


def unheld(database: Database) -> str:
    """What keeps row-level security from holding for our role, in words with the fix; "" where it holds, or where SQLite has none."""
    if database.is_sqlite:
        return ""
    with database.read() as on:
        role = on.execute(_MINE).one()
    ways = [word for word, there in (("SUPERUSER", role.rolsuper), ("BYPASSRLS", role.rolbypassrls)) if there]
    if not ways:
        return ""
    name = '"' + role.rolname.replace('"', '""') + '"'
    return (
        f"Its role {role.rolname} has {' and '.join(ways)}, so rows of one person are not held back from work for another."
        f" Take a role of its own, or run as another superuser: ALTER ROLE {name} {' '.join('NO' + way for way in ways)}"
    )
