"""The lab: User-mode Linux with real md, device mapper, SCSI disks and udev, in seconds."""
