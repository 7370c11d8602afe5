"""Models, their versions and files, tuning runs, and what was made from what."""
