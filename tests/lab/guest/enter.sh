# Runs in the small server's own root: what a boot does after the root is mounted.
mount /boot || exit 97
swapon --all || exit 98
exec "$@"
