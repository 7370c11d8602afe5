"""What fills the points of a document, from a snapshot alone."""
