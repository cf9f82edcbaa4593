"""Word lists, one module a purpose. Plain data: a phrase a line or between semicolons, lower case, several languages side by side."""
