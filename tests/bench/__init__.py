"""The bench: what bootmirror costs, beside what one would use in its place."""
