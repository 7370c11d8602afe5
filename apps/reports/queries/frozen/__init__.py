"""What a snapshot holds, read from the record once: plain JSON that documents are made from."""
