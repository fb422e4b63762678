"""What is not kept of customers: masked texts, contacts past their time, customers who asked to be forgotten."""
