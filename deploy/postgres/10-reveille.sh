#!/bin/bash
# Run once by the image, on an empty data folder. The service's role is an ordinary one: row-level security does not bind a
# superuser, nor a role that may bypass it.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres -v password="$(cat /run/secrets/database_password)" <<'SQL'
CREATE ROLE reveille LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE reveille OWNER reveille ENCODING 'UTF8';
REVOKE ALL ON DATABASE reveille FROM PUBLIC;
SQL
