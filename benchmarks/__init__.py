"""What `make bench` runs: this project beside its peers, in one run, on one machine, on the same work."""
