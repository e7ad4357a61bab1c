#!/bin/sh
# mmdebstrap calls this with the root directory after the last package is configured.
set -eu
root=$1

# Every private server makes its own keys and identity; its name servers are set from outside.
rm -f "$root"/etc/ssh/ssh_host_*
rm -f "$root/etc/hostname" "$root/etc/resolv.conf"
rm -f "$root/var/lib/systemd/random-seed" "$root/var/lib/dbus/machine-id"

chroot "$root" systemctl --quiet enable ssh-host-keys.service

# What a kernel of one's own, devices or cards would be for.
chroot "$root" systemctl --quiet mask \
    console-getty.service container-getty@.service getty@.service getty-static.service serial-getty@.service getty.target \
    systemd-networkd.service systemd-networkd.socket systemd-networkd-wait-online.service systemd-network-generator.service \
    systemd-timesyncd.service systemd-time-wait-sync.service systemd-resolved.service \
    systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger.service \
    systemd-udev-settle.service systemd-hwdb-update.service \
    systemd-modules-load.service modprobe@.service kmod-static-nodes.service systemd-binfmt.service \
    systemd-remount-fs.service systemd-random-seed.service systemd-pstore.service systemd-rfkill.service systemd-rfkill.socket \
    systemd-journald-audit.socket \
    sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount \
    dev-hugepages.mount proc-sys-fs-binfmt_misc.automount proc-sys-fs-binfmt_misc.mount \
    e2scrub_all.timer e2scrub_reap.service fstrim.timer
# Package lists that nobody reads would be fetched by every private server of a machine, twice a day.
chroot "$root" systemctl --quiet disable apt-daily.timer apt-daily-upgrade.timer

# The kernel's log is the server's.
sed -i 's/^module(load="imklog")/#&/' "$root/etc/rsyslog.conf"
# One process serves thousands of connections; one for each processor of the server would take memory for nothing.
if [ -e "$root/etc/nginx/nginx.conf" ]; then
    sed -i 's/^worker_processes auto;/worker_processes 1;/' "$root/etc/nginx/nginx.conf"
fi
# Root's password opens the door only where one was chosen: until then it is locked.
mkdir -p "$root/etc/ssh/sshd_config.d"
printf 'PermitRootLogin yes\n' >"$root/etc/ssh/sshd_config.d/root.conf"
chroot "$root" passwd --quiet --lock root

# Settings and traces of the build.
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
rm -f "$root"/var/log/*.log "$root"/var/log/apt/* "$root"/var/cache/debconf/*-old "$root"/var/lib/dpkg/*-old
rm -rf "$root"/var/cache/ldconfig/*

# The first start has nothing to catch up with (systemd-update-done.service(8)).
touch -r "$root/usr" "$root/etc/.updated" "$root/var/.updated"
