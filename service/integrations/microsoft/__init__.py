"""Microsoft 365: signing in (Entra ID), and mail and calendar over Microsoft Graph.

What reads them are the kinds `outlook` and `outlook_calendar`, in folders of their own.

Graph can also call a web address of the person's when something changes (subscriptions, https://learn.microsoft.com/graph/change-notifications-overview).
Reveille has no public address, so nothing subscribes: sources are read at their cadence, and a sync that finds nothing costs one request. Whoever
has an address rings the same bell that the clock rings; a notification is no more than that, whatever it says.
"""
