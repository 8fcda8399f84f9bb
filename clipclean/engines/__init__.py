"""Where work runs: no algorithm lives here."""
