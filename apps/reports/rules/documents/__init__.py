"""Documents as data and rules: what they ask, what fills them, what they say."""
