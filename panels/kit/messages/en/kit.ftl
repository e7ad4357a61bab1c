# What stands around every page.

menu-main = Main menu
menu-label = Menu
breadcrumb = Breadcrumb
skip = Skip to the content
status-successful = Successful
status-failed = Failed
status-incomplete = Incomplete
details = Details
job-and-log = Job { $job } and its log
close = Close
cancel = Cancel
back = Back
done = Done
copy = Copy
copy-command = Copy the command
on-command-line = On the command line
same-on-command-line = The same on the command line:
this-page = This page
all = all
any = any
yes = yes
no = no
first-page = First page
next-page = Next page
what-can-be-done = What can be done
nothing-to-show = Nothing to show
progress = Progress
live-on = live
live-lost = reconnecting
live-paused = paused
broken-off = The Control Center did not answer. Check the connection and try again.

# Person, theme, language
signed-in-as = Signed in as { $user }
change-password = Change password
sign-out = Sign out
language = Language
theme = Theme
theme-auto = Theme: as the system
theme-light = Theme: light
theme-dark = Theme: dark

# Sign-in
sign-in = Sign in
sign-in-user = User
sign-in-password = Password
sign-in-as = Sign in as { $user }
sign-in-code = Code
sign-in-code-help = The six digits that your authenticator app shows now, or one of your recovery codes.
sign-in-other = Sign in as somebody else
sign-in-first = The first password of `admin` is in the file `/run/rackwright/admin-password` on the Control Center. Lost it? There, as root: `rackwright user passwd admin`

# Job tray
tray = Running jobs
tray-running = { $count ->
    [one] { $count } job is running
   *[other] { $count } jobs are running
}
tray-none = No job is running
tray-all = All jobs
tray-details = Details
tray-details-of = Details of { $title }
tray-progress-of = Progress of { $title }

# Search and palette
search = Search
search-go = Search or go to…
search-hint = Page, action, server, address, job…
search-what = Search
search-title = Search
search-help = Finds pages, actions, and things by part of their name, address or MAC address. Several words narrow it down: “install r1-u07” leads to the form with the server filled in.
search-nothing = Nothing is called like that
search-nothing-advice = Try a part of the name, an address, or the number of a job.
search-actions = Actions
search-pages = Pages
search-keys-move = to move
search-keys-open = to open
search-keys-close = to close
palette-count = %n results
palette-none = Nothing fits.
kind-server = Servers
kind-job = Jobs
kind-image = Images
kind-profile = Install profiles
kind-network = Networks
kind-user = Users

# Keyboard
shortcuts = Keyboard shortcuts
shortcuts-palette = Search, go to a page, or take an action
shortcuts-help = Help for this page
shortcuts-list = This list
shortcuts-go = Go to { $page }
shortcuts-close = Close what is open
shortcuts-then = then
shortcuts-on = Single keys are shortcuts
shortcuts-on-help = Switch it off when you dictate or use other tools that press keys. Ctrl K stays.

# Help
help = Help
help-for = Help: { $page }
help-open = Help for this page
help-actions = What can be done here
help-actions-none = Your role may look here but not change.
help-fields = The fields
help-more = Press `?` for the keyboard shortcuts, or `Ctrl K` to search. Everything here can be done on the command line as well: `rackwright --help`.
help-action = The form shows the command that does the same as it is filled in. Fields that are wrong are named when it is sent; nothing is done until all are right.

# Forms
act-title = { $verb } { $noun }
act-title-of = { $verb } { $noun } { $object }
several-server = servers
several-image = images
several-environment = environments
several-profile = profiles
several-job = jobs
several-network = networks
several-user = users
several-token = tokens
form-required = required
form-optional = optional
form-choose = Choose…
form-one-per-line = one per line
form-json = JSON
form-add-row = Add one
form-remove-row = Remove
form-row = { $label } { $n }
form-row-new = { $label }, new
form-nothing = Nothing needs to be filled in.
form-line = line { $n }
form-danger = Make sure that `{ $object }` is the one you mean.
form-danger-unnamed = Make sure that this is what you mean.
form-confirm = Type “{ $object }” to confirm
form-confirm-wipe = Type “{ $object }” to allow the wipe, if it holds a system
could-not = Could not { $attempted }: { $reason }
check-missing = Fill this in.
check-choose = Choose one.
check-form = That does not have the right form.
check-short = Use at least %n characters.
check-long = Use at most %n characters.
check-least = Use %n or more.
check-most = Use %n or less.
check-whole = Type a whole number.
check-repeat = Type exactly: %name
result = Result
result-once = Take it now
result-once-help = This is shown once and cannot be shown again. Copy it to where it is needed.
did = { $verb } { $object }: done.
job-went = { $title }: { $step } ({ $percent } %)
job-done = { $title }: done.
job-failed = { $title }: { $reason }
job-failed-unknown = the job failed
job-cancelled = { $title }: cancelled.

# Refusals
refused-title = That did not work
not-found-title = Not found
refused-home = To the start page
refused-again = Try again

# Times
time-now = just now
time-s = { $n } s
time-min = { $n } min
time-h = { $n } h
time-days = { $n } days
time-days-hours = { $days } days { $hours } h
time-ago = { $span } ago
time-in = in { $span }

# States
state-discovered = discovered
state-ready = ready
state-installing = installing
state-online = online
state-unreachable = unreachable
state-failed = failed
state-rescuing = rescuing
state-wiping = wiping
state-retired = retired
state-running = running
state-succeeded = succeeded
state-cancelled = cancelled
state-incomplete = incomplete
state-done = done

# What goes wrong in the panel itself. `attempted` is what follows "Could not".
fault-no-action = there is no such action
fault-no-action-attempted = open the form of { $name }
fault-no-action-advice = Use the menu to find the thing that you want to work on.
fault-slow = there was no answer within { $n } s
fault-slow-advice = Try again; for long waits use the command line.
fault-broke-off = the action broke off: { $error }
fault-broke-off-advice = Look at the job list and the audit trail to see how far it came, and report this as a bug.
fault-no-page = there is no such page
fault-no-page-attempted = open { $page }
fault-no-page-advice = Use the menu, or check the address for a slip.
refused-origin = Refused: this request was not made by a page of this panel. Open the panel's own address and try again.
refused-form = Refused: this form does not belong to your present session. Go back, reload the page and try again.
refused-large = Refused: the form is larger than 1 MiB. Shorten what was typed.
refused-slow = Refused: the form did not arrive within 30 s. Send it again over a quicker line.
refused-drawing = This page could not be drawn. That is a mistake of the panel: report it as a bug.

# Whose panel this is.
title-provider = Control Center
title-reseller = Reseller panel
title-customer = Account panel
qr-label = QR code for the authenticator app
my-factors = My second factor
my-sessions = Where I am signed in
guest = You are { $guest }, in the panel of { $host } ({ $account }). What you do here is on record with both names.
guest-return = Return to your own panel
kind-account = Accounts
several-account = accounts
several-session = sessions
kind-rack = Racks
several-rack = racks
several-role = roles

# Reference
docs = Reference
docs-lead = Every action of this Control Center: the panel, the command `rackwright` and the HTTP interface do the same.
docs-open = Reference of all actions
docs-nouns = By subject
docs-unknown = No such action
docs-unknown-text = This version has no such action.
docs-action = Action
docs-permission = Permission
docs-public = Open to everybody
docs-signed-in = Everybody who is signed in
docs-effect = Effect
docs-effect-read = Looks, changes nothing
docs-effect-change = Changes something that can be changed back
docs-effect-destroy = Destroys something
docs-input = Input
docs-no-input = It takes none.
docs-output = Output
docs-field = Field
docs-type = Type and limits
docs-meaning = Meaning
docs-flag = On the command line
docs-required = Required
docs-default = Otherwise:
docs-from = Possible values
docs-command = Command
docs-http = HTTP
docs-openapi = OpenAPI
docs-request = Request
docs-answer = Answer
docs-errors = Error codes
docs-type-list = list of: { $items }
docs-type-word = one of the words
docs-type-whole = whole number
docs-type-number = number
docs-type-truth = true or false
docs-type-text = text
docs-type-object = object
docs-type-any = any value
docs-limit-value-least = at least { $least }
docs-limit-value-most = at most { $most }
docs-limit-value-both = { $least } to { $most }
docs-limit-length-least = at least { $least } characters
docs-limit-length-most = at most { $most } characters
docs-limit-length-both = { $least } to { $most } characters
docs-limit-count-least = at least { $least } of them
docs-limit-count-most = at most { $most } of them
docs-limit-count-both = { $least } to { $most } of them
docs-code-invalid_input = The input is wrong; the answer names each wrong field.
docs-code-not_signed_in = No valid credential came with the call.
docs-code-forbidden = The credential does not grant this.
docs-code-not_found = There is no such thing, or none that the caller may see.
docs-code-conflict = The state of the thing does not allow this, or the idempotency key was used for another call.
docs-code-confirmation_needed = Something would be destroyed; repeat the call with the confirmation.
docs-code-too_many = Too many attempts; wait.
docs-code-storage_full = The disk of the Control Center is full.
docs-code-unavailable = A machine or another part did not do its share.
docs-code-timed_out = A wait ended without an answer.
docs-code-internal = A mistake of the Control Center.
several-factor = second factors
several-webhook = webhooks
several-delivery = deliveries
undo = Undo
redo = Redo
state-active = active
state-paused = paused
state-waiting = waiting
state-delivered = delivered
state-given-up = given up
state-possible = possible
state-undone = undone
docs-undo = It can be undone for a day, while nobody has changed the same again.
docs-event = Event
docs-events = Events for webhooks
docs-events-lead = Every action that changes something is an event of the same name, and some things happen by themselves. A webhook gets each as a `POST` with a JSON body and the headers `Rackwright-Event`, `Rackwright-Delivery` (the number of the event) and `Rackwright-Signature`. Any answer from 200 to 299 accepts it.
docs-events-order = Events come in order and at least once: after an interruption the same event may come again, under the same `id`. One that is not accepted is tried again after 10 s, then after longer and longer waits, for a day, and holds back the next meanwhile; one that is refused with 400 to 499 (but 408, 425 and 429) is given up after four attempts. Three in a row that were given up pause the webhook, and so does the answer 410. The receiver has 5 s to take the connection and 10 s to answer. Redirects are not followed.
docs-events-who = A webhook hears what people of its account and of the accounts below it do. Of what somebody above does to something that belongs to the account it hears which event and which thing, and nothing else.
docs-told = What is sent
docs-told-id = The number of the event. The same event has the same number whenever it is sent.
docs-told-event = What happened.
docs-told-at = When, in milliseconds since 1970-01-01T00:00:00Z.
docs-told-account = The account in which it happened.
docs-told-actor = Who did it; null when it happened by itself, or when somebody above did it.
docs-told-behind = Who acted, when somebody had entered the panel of the actor.
docs-told-by = Through what: `panel`, `api`, `cli`, `system`, or `machine` when it happened by itself.
docs-told-object = What it was done to, by the fields of the input that name it.
docs-told-input = The input of the action, with secrets redacted.
docs-told-result = Always `done`: what was refused is no event.
docs-told-reason = Why, when it happened by itself.
docs-told-audit = The row of the audit trail, for `rackwright audit undo`.
docs-genuine = Check that it is genuine
docs-genuine-text = The header `Rackwright-Signature` is `t=SECONDS,v1=HEX`: HMAC-SHA-256 under the secret of the webhook, of the seconds, a full stop and the body. Refuse what is older than five minutes. In a shell, and in Python:
docs-by-itself = What happens by itself
docs-of-actions = What actions do
