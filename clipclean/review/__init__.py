"""Results as a person reads them: in the terminal, and in a summary."""
