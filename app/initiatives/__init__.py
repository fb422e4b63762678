"""Named fixes for reasons: stages, team, scope and the frozen projection."""
