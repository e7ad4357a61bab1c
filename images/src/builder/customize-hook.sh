#!/bin/sh
# mmdebstrap calls this with the root directory after the last package is configured.
set -eu
root=$1

# Every machine makes its own keys and identity.
rm -f "$root"/etc/ssh/ssh_host_*
rm -f "$root/etc/hostname" "$root/etc/.resolv.conf.systemd-resolved.bak"
rm -f "$root/var/lib/systemd/random-seed" "$root/var/lib/dbus/machine-id"

chroot "$root" systemctl --quiet enable systemd-networkd.service ssh-host-keys.service lxcfs.service
# The packet filter of private servers is set by the agent.
chroot "$root" systemctl --quiet disable nftables.service
# Nothing waits for the network, and there are no LVM snapshots of file system checks to reap.
chroot "$root" systemctl --quiet mask systemd-networkd-wait-online.service
chroot "$root" systemctl --quiet disable e2scrub_reap.service

# The kernel's package was kept from making it, because the packages behind it would have it made again.
chroot "$root" update-initramfs -c -k all

# GRUB for BIOS, as grub-install leaves it, for a root file system on the third partition. So an install only has to
# put boot.img and core.img in their places.
grub=$root/boot/grub/i386-pc
mkdir -p "$grub"
cp "$root"/usr/lib/grub/i386-pc/*.mod "$root"/usr/lib/grub/i386-pc/*.lst "$root/usr/lib/grub/i386-pc/boot.img" "$grub/"
chroot "$root" grub-mkimage --format=i386-pc --output=/boot/grub/i386-pc/core.img --prefix='(,gpt3)/boot/grub' \
    biosdisk part_gpt ext2 xfs

# Settings and traces of the build.
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
rm -f "$root"/var/log/*.log "$root"/var/log/apt/* "$root"/var/cache/debconf/*-old "$root"/var/lib/dpkg/*-old
rm -rf "$root"/var/cache/ldconfig/*
