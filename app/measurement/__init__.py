"""What really stopped coming: the counterfactual and what is made of it."""
