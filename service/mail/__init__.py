"""Reading messages as a person does."""
