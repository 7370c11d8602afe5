"""The tamper-evident trail. It stands below accounts, so that accounts' own writes are recorded too."""
