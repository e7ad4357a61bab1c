#!/bin/sh
# Drivers of the initial RAM disk: every disk that a virtual machine can have. A short list starts faster.
[ "$1" = prereqs ] && exit 0
. /usr/share/initramfs-tools/hook-functions
manual_add_modules virtio_pci virtio_mmio virtio_blk virtio_scsi nvme ahci ata_piix ata_generic sd_mod sr_mod \
    xen_blkfront hv_storvsc vmw_pvscsi mptspi ext4 xfs raid0 raid1 raid10 raid456 dm_mod
