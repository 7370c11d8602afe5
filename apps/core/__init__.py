"""The ground floor: runs, errors, the queue, storage, charts and PDF. It knows no word of the domain."""
