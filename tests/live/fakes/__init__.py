"""Small strict servers, written from what their vendors and RFCs publish."""
