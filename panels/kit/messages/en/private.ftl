# Private servers: the wall, the form with the room on servers, the page of one, and the console.

menu-private-servers = Private servers
menu-private-servers-customer = My private servers
page-private-servers = Isolated shares of servers, each with root, an address and guarantees of its own. The list follows what happens by itself.
help-private-servers =
    A private server has a guaranteed share of the processors and of the bandwidth, and a limit on memory, disk, connections and processes. Guarantees are promised only while there is room: a size that does not fit is refused, with the sum.

    What is wanted is kept: when its server restarts, a private server that was started is started again. When its server does not answer, it goes on running.
page-private-server = What this private server has, what it uses, and what can be done with it. The page follows what happens by itself.
button-create-private = Create private server
private-filter-by = Filter by name, address, server or account
private-by-state = Show private servers by state
private-elsewhere = Show the others too
private-servers-in = Private servers, { $group }
private-caption = Private servers with their state
narrowed-server = server { $name }
narrowed-account = account { $name }
group-by-server = server
group-by-account = account
group-no-server = on a server that you do not see
column-account = Account
column-server = Server
column-template = Template
empty-private = No private server yet
empty-private-advice = Create one: it needs a server that is online and a template, which is an image built for private servers.
empty-private-given = You have no private server yet
empty-private-given-advice = Whoever provides them makes one for your account. It appears here by itself.
empty-private-filtered = No private server like that
empty-private-filtered-advice = Choose another state, or shorten what you search for.
bulk-private = Act on the selected private servers
bulk-start = Start
bulk-stop = Stop
bulk-reboot = Reboot
bulk-none-private = No private server is selected
bulk-selected-one-private = 1 private server selected
bulk-selected-private = %n private servers selected
fault-bulk-none-private = no private server is selected
bulk-count-private = { $n ->
    [one] { $n } private server
   *[other] { $n } private servers
}

# States
state-private-creating = being made
state-private-starting = starting
state-private-running = running
state-private-changing = changing
state-private-frozen = standing still
state-private-stopping = stopping
state-private-stopped = stopped
state-private-suspended = suspended
state-private-moving = moving
state-private-removing = being removed
state-private-failed = failed
state-private-unreachable = unreachable
private-quarantine = in quarantine
private-next-creating = Its server fetches the template and makes its files. It starts by itself.
private-next-starting = It answers in a moment.
private-next-running = { "" }
private-next-changing = It runs, and its server is carrying out what was changed.
private-next-frozen = It goes on by itself when its NAS answers. See to the NAS and to the network between.
private-next-stopping = What runs in it is ended in good order; after 45 seconds by force.
private-next-stopped = Its files are kept. Start it when it is needed.
private-next-suspended = It is held back, and its files are kept. Whoever suspended it lets it run again with Resume.
private-next-moving = It stands still while what has changed is copied, and starts on the other server.
private-next-removing = Its files are being destroyed; then it is gone from here.
private-next-failed = It is tried again by itself. When the reason stays, mend what it names, or rebuild the private server.
private-next-unreachable = Its server does not answer. It goes on running meanwhile, and what you order now is done when the server is back.
private-next-quarantine = It is cut off the network; the console still reaches it, and Release puts it back.

kind-private-server = Private servers
several-private-server = private servers
purpose-server = servers
purpose-private-server = private servers

# Size and room
sizes = Begin with
size-small = Small
size-medium = Medium
size-large = Large
room = Room on each server
room-help = What this size takes of each server.
room-promised = promised
room-asked = asked for
room-free = free
room-cpu = CPU
room-memory = Memory
room-disk = Disk
room-bandwidth = Bandwidth
room-fits = fits
room-short = no room
room-short-on = no room on { $server }: { $sum }
room-shut = not now
room-none = No server can hold private servers yet. Install one, and wait until its agent has told what there is.
room-again = Work out the sum
shares-promised = { $promised } of { $whole } promised, { $free } free
shares-label = { $label } promised
shares-more = There are more

# One private server
private-actions-none = There is nothing that your role may do with this private server now.
private-size = Size
private-limits = Guarantees and limits
private-resource = Of
private-least = Guaranteed
private-most = At most
private-most-server = what others leave
private-most-link = the link
private-cpu-of-server = CPU, of the whole server
private-cpu-of-one = { $used } of one processor / { $guaranteed }
private-swap = Swap
private-sessions = Connections
private-processes = Processes
private-memory-now = Memory in use
private-disk-now = Disk in use
private-access = Root signs in with
private-keys = { $n ->
    [one] { $n } key
   *[other] { $n } keys
}
private-password = a password
private-mac = MAC address
private-version = Version of the template
private-newer = there is a newer one
private-created = Created
usage-nothing = Nothing is on record yet. Its server reports every five minutes while the private server runs. For the CPU, 100 % is one whole processor.
fault-no-private = there is no private server of that name
fault-no-private-attempted = show private server { $name }
fault-no-private-advice = Choose one on the page of private servers.

# Console
console = Console
console-title = Console of { $name }
console-opening = opening…
console-open = open
console-lost = The console is gone: the Control Center did not answer. What ran in it may go on.
console-ended = The console has ended.
console-again = Open again
console-aloud = Read the screen aloud
console-keys = Keys
console-input = Terminal input
console-leave = leaves the terminal; every other key belongs to it.
console-script = The console needs a script. On the command line the same is
key-escape = Esc
key-tab = Tab
key-interrupt = Ctrl C
key-end = Ctrl D
key-suspend = Ctrl Z
key-left = ←
key-up = ↑
key-down = ↓
key-right = →

# NAS
menu-nas = NAS
page-nas = NFS exports for private servers: for their disks, which then move without copying and survive the death of their server, and for files that many read.
help-nas =
    The disk of a private server on a NAS is one file there, and the size of that file is its limit. While the NAS does not answer, its private servers stand still and lose nothing.
    A server with private servers on a NAS that does not answer for some time is powered off by its BMC; then they start elsewhere. Failover chooses after how long.
page-one-nas = One NFS export, and the private servers that use it.
empty-nas = No NAS is noted
empty-nas-advice = Note one: an NFS 4 export that servers may mount. For disks they must be let in as root.
button-create-nas = Note NAS
button-failover = Failover
section-nas = Export
section-nas-users = Private servers on it
nas-user = { $state } on { $server }
private-disk-on = Disk on
private-disk-here = its server
private-priority = Priority when its server is dead
private-priority-of = { $n } of 9, the lowest first
private-shares = Reads
private-share-at = { $nas } at { $at }
private-unshare = Take { $at } away
private-drag-help = Drag a private server onto another server to move it, or use Move on its page.
group-empty-server = no private server stands here
failover-title = Failover
failover-waiting = { $n ->
    [one] { $n } private server waits to start elsewhere: { $names }
   *[other] { $n } private servers wait to start elsewhere: { $names }
}
# Snapshots and backups.
vault-title = Snapshots and backups
vault-daily = Backed up every day at { $hour } UTC.
vault-on-demand = Backed up when somebody asks for it.
vault-kept = Kept are the last { $last }, and one for each of { $daily } days, { $weekly } weeks and { $monthly } months.
vault-backups = Backups
vault-snapshots = Snapshots
vault-no-backups = There is no backup yet.
vault-backup = Backup { $backup }
vault-snapshot = Snapshot { $snapshot }
vault-added = new:
vault-untested = Not restored as a test yet
vault-making = being made
vault-is-kept = kept
vault-removing = being removed
vault-column-backup = Backup
vault-column-snapshot = Snapshot
vault-column-size = Size
vault-column-test = Test restore
vault-column-disk = Disk
vault-column-note = Note
vault-column-name = Name
vault-column-kind = Kind
vault-column-changed = Changed
vault-stored = At the Control Center
vault-directory = Directory
vault-file = File
vault-link = Link
vault-other = Other
vault-files = Files in this backup
vault-empty = There is nothing in this directory.
vault-cut = There are more files in this directory; they can be restored with the directory.
page-backup-files = The files as they were when this backup was made. Each file and each directory can be put back on its own.
