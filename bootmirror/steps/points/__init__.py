"""What makes a mirror a mirror, each subject a file: looked at by verify, changed by nobody."""
