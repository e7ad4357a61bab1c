#!/bin/sh
# Called by udhcpc for every event; its variables (ip, mask, router, dns, interface) hold the lease.
set -u
lease=/run/rackwright/lease-$interface
case $1 in
deconfig)
    rm -f "$lease"
    busybox ip addr flush dev "$interface"
    busybox ip link set dev "$interface" up
    ;;
bound | renew)
    busybox ip addr replace "$ip/${mask:-24}" dev "$interface"
    for address in ${router:-}; do
        busybox ip route replace default via "$address" dev "$interface"
        break
    done
    for server in ${dns:-}; do
        echo "nameserver $server"
    done >/etc/resolv.conf
    echo "$ip" >"$lease.new"
    mv "$lease.new" "$lease"
    ;;
esac
