# Sourced by root's shell on the server: what others run containers with, all from the same template. Each has an overlay on
# the template for its files, as ours has, and a network of its own: without a card where starts are compared, and with one
# where it is to be reached, as ours is.
PEERS=/srv/peers
TEMPLATE=/srv/peers/template

fail() { echo "$*" >&2; exit 1; }

# Milliseconds since the server started, by the clock that everything on it has: "123.45 ..." is 123450.
now() {
    read -r up _ </proc/uptime
    echo "${up%.*}${up#*.}0"
}

root_of() {
    mkdir -p "$PEERS/$1/upper" "$PEERS/$1/work" "$PEERS/$1/root"
    mount -t overlay overlay -o "lowerdir=$TEMPLATE,upperdir=$PEERS/$1/upper,workdir=$PEERS/$1/work" "$PEERS/$1/root"
}

gone() {
    for _ in $(seq 50); do
        umount "$PEERS/$1/root" 2>/dev/null && break
        sleep 0.2
    done
    rm -rf "${PEERS:?}/$1"
}

# cable NAME ADDRESS: a network of ip-netns(8), reached by a pair of devices (veth) and routing, with nothing pinned, counted or
# shaped.
cable() {
    ip netns add "$1"
    ip link add "v-$1" type veth peer name eth0 netns "$1"
    ip addr add 169.254.1.1/32 dev "v-$1"
    ip link set "v-$1" up
    ip route add "$2/32" dev "v-$1"
    ip -n "$1" link set lo up
    ip -n "$1" link set eth0 up
    ip -n "$1" addr add "$2/32" dev eth0
    ip -n "$1" route add 169.254.1.1 dev eth0
    ip -n "$1" route add default via 169.254.1.1 dev eth0
}

# Each KIND_start NAME [NETWORK]: with a network of its own, or this one.
nspawn_start() {
    root_of "$1"
    network=--private-network
    [ -z "${2-}" ] || network="--network-namespace-path=/run/netns/$2"
    systemd-run --quiet --collect --unit="peer-$1" --property=Delegate=yes systemd-nspawn --quiet --boot --keep-unit \
        "$network" --machine="$1" --directory="$PEERS/$1/root"
}
nspawn_pid() { machinectl show --property=Leader --value "$1" 2>/dev/null; }
# The name of its unit is free only when that has stopped, which takes a minute and a half when it is asked in order.
nspawn_end() { systemctl kill --signal=KILL "peer-$1"; systemctl stop "peer-$1"; gone "$1"; }

lxc_start() {
    root_of "$1"
    network="lxc.net.0.type = empty"
    # Its monitor stays in ours: only there do its tools find it.
    [ -z "${2-}" ] || network="lxc.namespace.share.net = /run/netns/$2"
    cat >"$PEERS/$1/config" <<END
lxc.uts.name = $1
lxc.rootfs.path = dir:$PEERS/$1/root
$network
lxc.mount.auto = proc:mixed sys:mixed cgroup:mixed
lxc.tty.max = 0
lxc.apparmor.profile = unconfined
lxc.cap.drop = sys_module sys_time mac_admin mac_override
END
    lxc-start --lxcpath="$PEERS" --name="$1" --rcfile="$PEERS/$1/config" --daemon
}
lxc_pid() { lxc-info --lxcpath="$PEERS" --name="$1" --pid --no-humanize 2>/dev/null; }
lxc_end() { lxc-stop --lxcpath="$PEERS" --name="$1" --kill; gone "$1"; }

crun_start() {
    root_of "$1"
    network='{"type":"network"}'
    [ -z "${2-}" ] || network="{\"path\":\"/run/netns/$2\",\"type\":\"network\"}"
    sed "s/PEER/$1/g; s|{\"type\":\"network\"}|$network|" /root/crun.json >"$PEERS/$1/config.json"
    crun --systemd-cgroup run --detach --bundle "$PEERS/$1" "$1" </dev/null >/dev/null 2>&1
}
crun_pid() { crun state "$1" 2>/dev/null | sed -n 's/^ *"pid" *: *\([0-9]*\).*/\1/p'; }
crun_end() { crun delete --force "$1"; gone "$1"; }

ours_pid() { crun --root /run/rackwright-crun state "$1" 2>/dev/null | sed -n 's/^ *"pid" *: *\([0-9]*\).*/\1/p'; }

# inside PID WORDS: what its systemctl says to its root, which is the server's unless it has users of its own.
inside() {
    process=$1
    shift
    users=
    [ "$(readlink "/proc/$process/ns/user")" = "$(readlink /proc/self/ns/user)" ] || users=--user
    timeout 20 nsenter -t "$process" -m -u -i -n -p $users systemctl "$@" 2>/dev/null
}

# ready PID: waits until the system of this first process has started; prints how it is, and when that was. It notes the time
# itself, in microseconds, so it is seldom asked: that would hold it up.
ready() {
    end=$(($(now) + 120000))
    sleep 2
    until at=$(inside "$1" show --property=FinishTimestampMonotonic --value) && [ "${at:-0}" -gt 0 ]; do
        [ "$(now)" -lt "$end" ] || fail "process $1 has not started its system within two minutes"
        sleep 0.5
    done
    echo "$(inside "$1" is-system-running) $((at / 1000))"
}

# pid KIND NAME: waits for the first process.
pid() {
    end=$(($(now) + 60000))
    until found=$("$1_pid" "$2") && [ "${found:-0}" -gt 0 ]; do
        [ "$(now)" -lt "$end" ] || fail "$1 has not started $2 within a minute"
        sleep 0.05
    done
    echo "$found"
}

# starting KIND: prints the milliseconds from nothing to a started system, and how that is.
starting() {
    began=$(now)
    "$1_start" one || fail "$1 does not start"
    set -- "$1" $(ready "$(pid "$1" one)")
    echo "$(($3 - began)) $2"
    "$1_end" one >/dev/null 2>&1
}

# ours: prints a line when it looks; then, from the line that it is told, what `starting` prints of the only private server
# here. Nothing is asked of it before its first process runs: that would hold up what makes it.
ours() {
    while set -- /sys/fs/cgroup/private.slice/rackwright-ps*.scope && [ -e "$1" ]; do sleep 0.05; done
    echo looking
    read -r _
    began=$(now)
    until set -- /sys/fs/cgroup/private.slice/rackwright-ps*.scope/container/init.scope && [ -e "$1" ]; do sleep 0.5; done
    tag=${1##*/rackwright-}
    set -- $(ready "$(pid ours "${tag%%.scope*}")")
    echo "$(($2 - began)) $1"
}

# serving CARD ADDRESS PAGE: plain crun with the web server of the template and a page made by a shell line, which neighbours
# of that card reach.
serving() {
    cable peer "$2"
    ip neigh add proxy "$2" dev "$1"
    crun_start web peer
    ready "$(pid crun web)" >/dev/null
    crun exec web sh -c "$3"
}

# served CARD ADDRESS: takes it away.
served() {
    crun_end web
    ip neigh del proxy "$2" dev "$1"
    ip netns del peer
}

# near PORT SETTING PAGE: the web server of the template alone in plain crun, in the server's own network on another port, with
# these settings and a page made by shell lines: what the files and the cgroup of a container cost without any network of its
# own.
near() {
    root_of near
    chroot "$PEERS/near/root" sh -c "$2; $3; sed -i 's/listen \\(.*\\)80 /listen \\1$1 /' /etc/nginx/sites-enabled/*"
    sed 's/PEER/near/g; s|{"type":"network"}|{"path":"/proc/1/ns/net","type":"network"}|
        s|"args":\["/sbin/init"\]|"args":["nginx","-g","daemon off;"]|' /root/crun.json >"$PEERS/near/config.json"
    crun --systemd-cgroup run --detach --bundle "$PEERS/near" near </dev/null >/root/near.log 2>&1 || fail "$(cat /root/near.log)"
    for _ in $(seq 100); do
        curl --silent --fail --output /dev/null "http://127.0.0.1:$1/page.png" && return
        sleep 0.2
    done
    fail "nothing answers on port $1: $(cat /root/near.log)"
}

# idle: waits until the processors have had little to do for five seconds.
idle() {
    end=$(($(now) + 900000))
    while [ "$(now)" -lt "$end" ]; do
        set -- $(sed -n 's/^cpu  *//p' /proc/stat)
        before=$4
        sleep 5
        set -- $(sed -n 's/^cpu  *//p' /proc/stat)
        # Hundredths of a second, of all processors.
        [ $(($4 - before)) -lt $((450 * $(nproc))) ] || return 0
    done
    fail "the server is not idle after a quarter of an hour"
}

# memory: KiB of the kernel and of programs that nothing can give back.
memory() {
    sync
    echo 3 >/proc/sys/vm/drop_caches
    sleep 1
    awk '/^(AnonPages|Shmem|SUnreclaim|SReclaimable|KernelStack|PageTables|SecPageTables|Percpu):/ { sum += $2 } END { print sum }' \
        /proc/meminfo
}

# several KIND FROM TO: starts them, each reached by a card, and waits until they idle.
several() {
    for number in $(seq "$2" "$3"); do
        cable "$1-$number" "10.88.0.$number"
        "$1_start" "$1-$number" "$1-$number" || fail "$1 does not start number $number"
        ready "$(pid "$1" "$1-$number")" >/dev/null
    done
    idle
}
