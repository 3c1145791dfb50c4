"""What the campaigns of reliability have in common: faults, trials, and the page of figures."""
