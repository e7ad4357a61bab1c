# The wall, racks, actions on several servers, and the page of one server.

# Wall and table
fleet-filter = Filter
fleet-filter-by = Filter by name, address, profile, rack or site
fleet-filter-what = Name, address, MAC address, profile, rack or site
fleet-group = Group by
fleet-view = View
view-wall = Wall
view-table = Table
group-by-none = none
group-by-rack = rack
group-by-site = site
group-by-state = state
group-by-profile = profile
group-no-rack = no rack
group-no-site = no site
group-no-state = no state
group-no-profile = no profile
group-rack = rack { $name }
group-rack-at = rack { $name } · { $site }
group-site = site { $name }
group-profile = profile { $name }
fleet-by-state = Show servers by state
fleet-elsewhere = Show servers elsewhere too
fleet-servers = Servers
fleet-servers-in = Servers, { $group }
fleet-caption = Servers with their state
fleet-selected = Selected
fleet-select = Select { $name }
tile-no-system = no system yet
tile-no-address = no address
tile-agent = agent live
tile-rack = rack { $rack }, unit { $unit }
progress-of = Progress of { $name }
column-name = Name
column-state = State
column-site = Site
column-rack = Rack
column-address = Address
column-profile = Profile
column-firmware = Firmware
column-heard = Last heard

# Acting on several servers
bulk = Act on the selected servers
bulk-none = No server is selected
bulk-selected-one = 1 server selected
bulk-selected = %n servers selected
bulk-select-first = Select the servers on which %name is to be installed, then press it again
bulk-install = Install
bulk-retire = Retire
bulk-clear = Clear
shelf = Profiles
shelf-help = Drag one onto a server, or select servers and press one.
shelf-none = None yet.
shelf-create = Create one
shelf-keys = Keys
shelf-click = click
shelf-or = or
shelf-arrows = arrow keys
shelf-space = select the server that has the focus
shelf-shift = select everything up to it
shelf-ctrl = select one more
shelf-all = select all that are shown
shelf-go = go from server to server
shelf-esc = select nothing
bulk-count = { $n ->
    [one] { $n } server
   *[other] { $n } servers
}
bulk-title = { $verb } { $count }
bulk-gone = no longer known
bulk-nothing-done = Nothing was done: { $reason }
bulk-wiped = { $wiped ->
    [one] { $wiped } of { $count } holds a system: everything on its disk is destroyed.
   *[other] { $wiped } of { $count } hold a system: everything on their disks is destroyed.
}
bulk-sure = { $n ->
    [one] Make sure that { $count } is what you mean.
   *[other] Make sure that { $count } are what you mean.
}
bulk-not-repeated = is not “{ $count }”; nothing was done
bulk-missing = is missing
bulk-lines = On the command line, server by server
bulk-help = What became of it, server by server.
bulk-results = Results
bulk-results-each = Results, server by server
bulk-results-caption = What became of it on each server
bulk-result = Result
bulk-happened = What happened
bulk-share = { $succeeded } of { $all }
bulk-all-went = went as asked.
bulk-some-failed = went as asked, { $failed } did not.
bulk-to-wall = To the wall
bulk-again = Try the failed ones again…
bulk-did = { $verb }: done.
fault-bulk = act on several servers
fault-bulk-advice = Select servers on the wall, then press a button below it.
fault-bulk-action = there is no such action on several servers
fault-bulk-name = a name among them is no server's
fault-bulk-none = no server is selected
fault-bulk-many = more than { $n } servers are selected

# Racks
menu-racks = Racks
page-racks = Where servers stand, as one sees them from the front, with the state that each is in now.
help-racks =
    A rack has a name, a site and a height in units. Units are counted from the bottom.
    
    Place a server by dragging it onto a free unit, or press the unit. Placing changes nothing on the server itself.
button-create-rack = Create rack
button-place-server = Place a server
racks-none = No rack yet
racks-none-advice = Create one with its site and height, then place servers in it: you see here what stands where, and how each is.
racks-site = Site { $name }
racks-no-site = No site
racks-used = { $used } of { $height } units used
racks-slot = { $name } is { $state }
racks-slot-reason = { $name } is { $state }: { $reason }
racks-place = place
racks-place-in = Place a server in { $rack }, unit { $unit }
racks-unplaced = In no rack
racks-unplaced-help = drag one onto a free unit, or press it
fault-no-rack = there is no rack of that name
fault-no-rack-attempted = show rack { $name }
fault-no-rack-advice = Choose one on the page of racks.

# Charts
charts = Over time
charts-range = Range
range-hour = Hour
range-day = Day
range-week = Week
range-month = Month
in-range-hour = in this hour
in-range-day = on this day
in-range-week = in this week
in-range-month = in this month
over-range-hour = over the last hour
over-range-day = over the last day
over-range-week = over the last week
over-range-month = over the last month
step-hour = 1 min
step-day = 1 h
step-week = 6 h
step-month = 1 day
charts-nothing = Nothing was reported { $range }. The agent reports every few seconds once a system is installed and the server is online.
chart-cpu = CPU
chart-cpu-of-one = CPU, of one processor
chart-memory = Memory
chart-disk = Disks
chart-network = Network
chart-in = in
chart-out = out
chart-used = used
chart-label = { $title } { $range }. { $summary }
chart-words = { $last } last, { $mean } on average, { $most } at most.
chart-words-of = { $last } of { $whole } last, { $mean } on average, { $most } at most.
chart-unknown = not reported by this agent.
chart-network-words = In: { $in } Out: { $out }
chart-network-last = { $value } in
charts-as-table = As a table, means over { $step }
charts-table = Load { $range }
charts-caption = Means over { $step }, newest first, times in UTC
charts-from = From (UTC)
charts-memory-used = Memory used
charts-disks-used = Disks used
charts-network-in = Network in
charts-network-out = Network out
months = Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec

# One server
head = State
head-address = Address
head-agent = Agent
head-connected = connected
head-not-connected = not connected
head-heard = Last heard
head-never = never
head-firmware = Firmware
head-profile = Profile
head-job = job { $job }
head-progress = Progress of the job
server-actions = Actions
server-actions-lines = with the command that does the same
server-actions-none = There is nothing that your role may do with this server now.
server-jobs = Jobs
server-jobs-none = No job yet. Installing the server is its first.
server-job-by = job { $job }, by { $user }
lifecycle = Lifecycle
lifecycle-is = The server is { $state }
lifecycle-next = The server is { $state }; next it can become { $next }
lifecycle-from-here = From here it can { $next }.
load = Load
load-heartbeat = heartbeat
load-none = No heartbeat yet. The agent reports once the system is installed.
load-memory = Memory
load-used-of = { $used } of { $whole }, { $percent } %
load-used = { $label } used
load-average = Load average
load-average-over = over 1, 5 and 15 minutes
load-up = Up for
load-system = System
load-kernel = Kernel
load-agent = Agent
inventory = Inventory
inventory-taken = taken
inventory-none = No inventory yet. It is taken when the machine netboots for the first time.
inventory-unknown-maker = Unknown maker
inventory-unknown-model = unknown model
inventory-serial = serial { $serial }
inventory-firmware = firmware { $version }
inventory-sockets = { $n ->
    [one] { $n } socket
   *[other] { $n } sockets
}
inventory-cores = { $n ->
    [one] { $n } core
   *[other] { $n } cores
}
inventory-threads = { $n ->
    [one] { $n } thread
   *[other] { $n } threads
}
inventory-memory = { $size } memory
inventory-hard-disk = hard disk
inventory-solid-state = solid state
inventory-removable = removable
inventory-link-up = link up
inventory-link-speed = link up, { $mbps } Mbit/s
inventory-no-link = no link
inventory-lease = leased { $address } until { $until } UTC
inventory-bmc = BMC
inventory-bmc-user = user { $user }
inventory-no-bmc = No BMC on record
inventory-no-bmc-advice = Set one to switch the power from here.
timeline = Boot timeline
timeline-in = { $n ->
    [one] { $n } station in { $total }, from
   *[other] { $n } stations in { $total }, from
}
timeline-what = from power-on to a live agent
timeline-none = This machine has not booted here yet
timeline-none-advice = Power it on with network boot first in its boot order: each station that it passes appears here.
timeline-stopped = The boot stopped here.
timeline-waiting = waiting for the next station:
phase-netboot = Network boot
phase-installing = Installing
phase-installed = Installed system
place-passed = passed
place-current = here now
place-stopped = stopped here
place-skipped = not needed
place-ahead = not reached
fleet-shown = { $shown } of { $count } servers
