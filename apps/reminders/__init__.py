"""What is due for a person: on a page, by mail, and as a calendar."""
