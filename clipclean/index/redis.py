"""An index on a Redis server, which a fleet of crawlers shares."""

from __future__ import annotations
