"""How an audit pack is laid out and checked: pure functions over bytes, without Django."""
