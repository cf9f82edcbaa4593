"""Small strict fakes of what can't run here."""
