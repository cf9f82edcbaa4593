"""What CalDAV and CardDAV have in common: WebDAV collections, kept current by sync tokens, ctags and etags. No kind of its own.

It speaks over `service.http` and not by a library: the one there is for CalDAV knows no CardDAV, reads answers of any size into
memory, waits a time-out for every byte, and follows redirects (and `.netrc`) where a password must not go.
"""
