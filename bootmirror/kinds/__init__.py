"""What differs from machine to machine: file systems, boot loaders, initramfs tools.

Each kind is one file with one class, registered by one line in its registry here.
"""
