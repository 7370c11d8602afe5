"""Home, search, runs, the trail, and pages that join several apps. No tables of its own."""
