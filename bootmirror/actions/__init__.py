"""What steps are made of: things that are shown before, done, and done again without harm."""
