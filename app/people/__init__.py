"""Who works here: users, departments, roles, sign-in, and the trail of what they changed."""
