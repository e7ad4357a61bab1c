# Menu and pages of the Control Center.

group-machines = Machines
group-installing = Installing
group-center = Control Center

menu-servers = Servers
menu-discovery = Discovery
menu-networks = Networks
menu-images = Images
menu-profiles = Profiles
menu-jobs = Jobs
menu-audit = Audit
menu-users = Users
menu-tokens = API tokens
menu-system = System

# One paragraph below the title of each page, and what the help says beyond it.
page-servers = Every physical machine that the Control Center knows. A machine that netboots in a served network appears here by itself.
help-servers =
    A server goes from discovered over ready and installing to online. When its agent falls silent it is unreachable; when an install breaks off it is failed, and its page says where the boot stopped and what to do.
    
    The wall shows one tile for each server, the table one line; both follow what happens by themselves. Choose a state above them to see only the servers in it.
page-server = What is known of this machine, and what can be done with it. The page follows what happens by itself.
page-discovery = What happens to a machine that netboots and that nobody announced, once its inventory is in: it waits on the wall, or it is installed at once.
help-discovery =
    With the policy wait, an unknown machine stands on the wall as discovered until somebody accepts it.
    
    With auto-install, it is installed at once with the profile that the policy names. Use that only in networks in which every machine may be overwritten.
page-networks = Subnets in which the Control Center boots machines and hands out addresses, or leaves that to another DHCP server. Where none is set, it stays silent.
help-networks =
    A network needs its CIDR and a pool of addresses. Addresses outside the pool are never handed out, so keep the router and fixed machines there.
    
    Two DHCP servers in one network answer in turn: switch the other one off, or leave the network out here.
page-images = Operating systems that can be put on a server. The hash is checked again while an image is written to a disk.
page-image = Verify reads the whole file and compares its hash with the one on record.
help-images =
    An image is a packed root file system. Build one from the package sources of the Control Center's own machine, or import a .tar.zst file that lies on it.
    
    An image that is broken is not installed. Build or import it again under the same name: profiles that use it need no change.
page-profiles = A profile says how a system is installed: image, disk, people, network, packages and commands.
page-profile = Servers that are installed already stay as they are when a profile goes.
help-profiles =
    A profile joins an image with everything that makes a server out of it. An install keeps the profile as it was when it was ordered, so a later change touches no install under way.
    
    People sign in with the SSH keys that the profile gives them. Commands after the install run once, as root, in the new system.
page-jobs = Long work: installs, image builds and imports. A job goes on when nobody looks, and over a restart of the Control Center.
page-job = The log is followed while the job runs. Leaving this page does not stop it.
help-jobs =
    A running job says its step and how far it is. It ends as succeeded, failed (with a reason and what to do) or cancelled.
    
    Cancelling stops a job as soon as that is safe: a disk that is half written is left as it is, and the server is failed.
page-audit = Everything that people, programs and machines changed, newest first. Secrets are never in it.
help-audit =
    Each row names who did it, through what (panel, api, cli, agent or system), the action with its input, and what came of it.
    
    Attempts that were refused are here too.
page-users = People who may sign in, of your account and of those below it. What a role allows stands on the page Roles.
help-users =
    A user who has lost the password is given another one here by somebody who manages people. Without one: as root on the Control Center, `rackwright user passwd NAME`.
page-tokens = A token lets a program act with your own permissions, over the API or the command line. It is shown once, when it is made.
help-tokens =
    Make one token for each program, so that each can be revoked alone. A token that has expired opens nothing.
page-system = The health of the Control Center itself. When its data disk is full it keeps serving, but refuses changes until there is room.
help-system =
    The counters tell what was served and what was dropped since the start. A growing `dhcp.malformed` means that something in the network sends broken requests.

title-profiles = Install profiles

# Buttons that are not called like their action
button-add-server = Add server
button-discovery = Discovery
button-change = Change
button-build-image = Build image
button-import-image = Import image
button-create-profile = Create profile
button-install-server = Install a server
button-set-network = Set network
button-create-user = Create user
button-create-token = Create token
button-reinstall = Reinstall
button-cancel-job = Cancel job
button-power-on = Power on
button-power-off = Power off
button-power-cycle = Power cycle

# Empty lists
empty-images = No image yet
empty-images-advice = Build one from the package sources of this machine, or import a .tar.zst file. Then make a profile that uses it.
empty-profiles = No profile yet
empty-profiles-advice = Create one to be able to install servers. It needs an image: build that first.
empty-networks = No network is served
empty-networks-advice = Set one: the Control Center answers DHCP and network boot there from then on.
empty-jobs = No job
empty-jobs-advice = Install a server or build an image: that work is followed here.
empty-audit = Nothing fits
empty-audit-advice = Nobody did that yet. Clear the filters to see everything.
empty-users = Nobody may sign in
empty-users-advice = Create a user.
empty-tokens = No token yet
empty-tokens-advice = Create one for each program, so that each can be revoked alone.
empty-servers = No server yet
empty-servers-advice = Set a network to serve, then power on a machine that netboots in it: it appears here within a minute. Or add one by its MAC address.
empty-servers-given = Your account has no server yet
empty-servers-given-advice = A server appears here as soon as it is given to your account.
empty-servers-filtered = No server fits
empty-servers-filtered-advice = Choose another state or search for another name.

# Lists and objects
narrow = Narrow the list
show = Show
filter-state = State
filter-server = Server
filter-action = Action
filter-user = User
section-image = Image
section-policy = Policy
section-profile = Profile
section-package-source = Package source
section-disk = Disk
section-system = System
section-user = User
section-commands = Commands after the install

# One job
job-title = Job { $id }
job-state = State of the job
job-server = Server
job-by = Started by
job-started = Started
job-took = Took
job-running-for = Running for
job-log = Log
job-log-utc = times in UTC
job-log-empty = Nothing is written yet.
job-log-of = Log of the job

# System
system-storage = Storage
system-health = Health
system-version = Version
system-running = Running for
system-agents = Agents connected
system-clock = Its clock
system-disk = Data disk
system-used = Used
system-used-of = { $used } of { $whole }, { $percent } %
system-disk-used = Data disk used
system-counters = Counters since the start

fault-no-server = there is no server of that name
fault-no-server-attempted = show server { $name }
fault-no-server-advice = Choose one on the wall.
fault-gone = the catalogue has no such action
fault-gone-attempted = open the page of { $name }
fault-gone-advice = Report this as a bug.

# Accounts, people, roles and sessions.
group-people = People
menu-accounts = Accounts
menu-roles = Roles
menu-sessions = Sessions
menu-factors = Second factor
page-accounts = Your account and those below it. Whatever there is belongs to one account, and is seen by its people and by those above.
help-accounts =
    The provider has accounts for resellers and customers, a reseller has accounts for its customers. Names below a reseller begin with its name and a hyphen.

    Nobody sees what belongs to an account beside or above their own: it is answered like something that does not exist.
page-account = To give it a server, open the server and choose Assign. To see its panel, choose Sign in as.
page-roles = What a role allows, it allows for what belongs to one's own account and to the accounts below it.
help-roles =
    A role is chosen when a user is created and can be changed later. Nobody gives a role that may do more than their own.
page-sessions = Where you are signed in. End what you do not know, and change your password then.
help-sessions =
    A session lasts twelve hours. A new password ends all of them; API tokens stay.
page-factors = What you sign in with beside the password. Add a passkey, or set up an authenticator app and confirm it with the code that it shows.
help-factors =
    An authenticator app on a phone shows six digits that change every half minute; a password that somebody has learned is worth nothing without them. Each code is taken once.

    A passkey stays in a phone, a computer or a security key, and works for the host name under which you added it. One that checks finger, face or PIN signs you in without the password.

    Recovery codes are for the day the phone is lost: print them. If they are lost as well, somebody who manages you removes the second factor, or root on the Control Center: `rackwright factor remove NAME`
empty-factors = The password alone
empty-factors-advice = Whoever learns the password can sign in. Add a passkey, or set up an authenticator app.
empty-accounts = Nothing fits
empty-accounts-advice = No account has that in its name. Clear the filter to see all.
empty-sessions = No session
empty-sessions-advice = Local root and API tokens have none.
button-create-account = Create account
button-create-account-below = Create account below
filter-name = Name
filter-name-or-title = Name or title
filter-account = Account
section-account = Account
roles-caption = Permissions of each role
roles-permission = Permission

# Provisioning environments.
menu-environments = Environments
page-environments = A provisioning environment is the kernel and RAM disk that a bare machine netboots; it takes stock of the machine and installs it. The one marked as served is given to machines.
help-environments =
    The generic kernel has the drivers of real hardware; the cloud kernel is smaller and meant for virtual machines.

    Build it again after the Control Center was updated: machines that netboot from then on get the new one.
empty-environments = No environment yet
empty-environments-advice = Build the generic one: it has the drivers of real hardware. Until then, machines that netboot have nothing to start.
button-build-environment = Build environment
button-build-again = Build again
button-brand = Name, colour and logo
rack-standing = Servers in this rack, from the top
rack-units = Units
rack-server = Server

# Webhooks.
menu-webhooks = Webhooks
page-webhooks = A webhook is told what happens in an account and the accounts below it, as it happens: a signed HTTP request for each event.
help-webhooks =
    Name the events that the receiver wants, such as `server.rename` or `server.*`, and check the signature of what it gets. What is sent, and how to check it, stands in the reference under Events.

    An event that is not accepted is tried again for a day. A receiver that accepts nothing is paused, with the reason; mend it, then resume it, and what waits is sent.
page-webhook = Events are sent in order, one at a time. The newest stand on top.
page-delivery = What the webhook was told, word for word, and what it answered.
webhook-title = Webhook { $id }
delivery-title = Event { $id }
section-webhook = Webhook
section-deliveries = What it was told
section-delivery = Last attempt
section-told = What is sent
empty-webhooks = No webhook yet
empty-webhooks-advice = Create one to have another program told what happens here: a chat, a billing system, a monitoring.
empty-deliveries = Nothing was sent yet
empty-deliveries-advice = Send a test to see whether the receiver listens.
button-create-webhook = Create webhook
