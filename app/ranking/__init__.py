"""Which reasons make customers call: Pareto, shares, change, coverage."""
