"""What bootmirror survives: power cuts, kills, bad disks, no room, hostile names. See run.py."""
