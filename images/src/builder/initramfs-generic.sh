#!/bin/sh
# Drivers of the initial RAM disk: everything that can hold a disk or a keyboard. Not network cards: the root file system is
# on a disk of the machine.
[ "$1" = prereqs ] && exit 0
. /usr/share/initramfs-tools/hook-functions
auto_add_modules base block scsi ata usb_storage mmc
manual_add_modules virtio_blk virtio_scsi raid0 raid1 raid10 raid456 dm_mod
