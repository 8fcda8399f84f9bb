"""clipclean: each story of a news dump once, with only its own text, and a reason for every line it took."""
