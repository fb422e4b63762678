"""Plain values that every step may use: money, periods, figures as text, errors."""
