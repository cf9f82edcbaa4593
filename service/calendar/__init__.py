"""Calendars as a person reads them: iCalendar bytes to series (`reading`), and series to the instances of a window (`expansion`)."""
