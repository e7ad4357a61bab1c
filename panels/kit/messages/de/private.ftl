# Private Server: die Wand, das Formular mit dem Platz auf den Servern, die Seite eines einzelnen und die Konsole.

menu-private-servers = Private Server
menu-private-servers-customer = Meine privaten Server
page-private-servers = Abgeschottete Anteile von Servern, jeder mit root, Adresse und eigenen Garantien. Die Liste folgt von selbst dem, was geschieht.
help-private-servers =
    Ein privater Server hat einen garantierten Anteil an Prozessoren und Bandbreite und eine Grenze für Speicher, Platte, Verbindungen und Prozesse. Garantien werden nur zugesagt, solange Platz ist: Eine Größe, die nicht passt, wird mit der Rechnung abgelehnt.

    Was gewünscht ist, bleibt gewünscht: Startet sein Server neu, wird ein gestarteter privater Server wieder gestartet. Antwortet sein Server nicht, läuft er weiter.
page-private-server = Was dieser private Server hat, was er verbraucht und was man mit ihm tun kann. Die Seite folgt von selbst dem, was geschieht.
button-create-private = Privaten Server anlegen
private-filter-by = Nach Name, Adresse, Server oder Konto filtern
private-by-state = Private Server nach Zustand zeigen
private-elsewhere = Auch die anderen zeigen
private-servers-in = Private Server, { $group }
private-caption = Private Server mit ihrem Zustand
narrowed-server = Server { $name }
narrowed-account = Konto { $name }
group-by-server = Server
group-by-account = Konto
group-no-server = auf einem Server, den Sie nicht sehen
column-account = Konto
column-server = Server
column-template = Vorlage
empty-private = Noch kein privater Server
empty-private-advice = Legen Sie einen an: Dazu braucht es einen Server, der online ist, und eine Vorlage, also ein Abbild für private Server.
empty-private-given = Sie haben noch keinen privaten Server
empty-private-given-advice = Wer sie bereitstellt, legt einen für Ihr Konto an. Er erscheint hier von selbst.
empty-private-filtered = Kein solcher privater Server
empty-private-filtered-advice = Wählen Sie einen anderen Zustand, oder kürzen Sie die Suche.
bulk-private = Mit den ausgewählten privaten Servern
bulk-start = Starten
bulk-stop = Anhalten
bulk-reboot = Neu starten
bulk-none-private = Kein privater Server ist ausgewählt
bulk-selected-one-private = 1 privater Server ausgewählt
bulk-selected-private = %n private Server ausgewählt
fault-bulk-none-private = kein privater Server ist ausgewählt
bulk-count-private = { $n ->
    [one] { $n } privater Server
   *[other] { $n } private Server
}

# Zustände
state-private-creating = entsteht
state-private-starting = startet
state-private-running = läuft
state-private-changing = wird geändert
state-private-frozen = steht still
state-private-stopping = hält an
state-private-stopped = angehalten
state-private-suspended = gesperrt
state-private-moving = zieht um
state-private-removing = wird entfernt
state-private-failed = fehlgeschlagen
state-private-unreachable = nicht erreichbar
private-quarantine = in Quarantäne
private-next-creating = Sein Server holt die Vorlage und legt seine Dateien an. Er startet von selbst.
private-next-starting = Er antwortet gleich.
private-next-running = { "" }
private-next-changing = Er läuft, und sein Server führt gerade aus, was geändert wurde.
private-next-frozen = Er läuft von selbst weiter, sobald sein NAS antwortet. Sehen Sie nach dem NAS und nach dem Netz dazwischen.
private-next-stopping = Was in ihm läuft, wird geordnet beendet, nach 45 Sekunden erzwungen.
private-next-stopped = Seine Dateien bleiben. Starten Sie ihn, wenn er gebraucht wird.
private-next-suspended = Er wird zurückgehalten, seine Dateien bleiben. Wer ihn gesperrt hat, lässt ihn mit „Freigeben“ wieder laufen.
private-next-moving = Er steht still, während kopiert wird, was sich geändert hat, und startet auf dem anderen Server.
private-next-removing = Seine Dateien werden vernichtet; danach verschwindet er von hier.
private-next-failed = Es wird von selbst wieder versucht. Bleibt der Grund bestehen, beheben Sie, was er nennt, oder setzen Sie den privaten Server neu auf.
private-next-unreachable = Sein Server antwortet nicht. Er läuft derweil weiter, und was Sie jetzt anordnen, geschieht, wenn der Server wieder da ist.
private-next-quarantine = Er ist vom Netz getrennt; die Konsole erreicht ihn noch, und die Quarantäne lässt sich aufheben.

kind-private-server = Private Server
several-private-server = private Server
purpose-server = Server
purpose-private-server = private Server

# Größe und Platz
sizes = Beginnen mit
size-small = Klein
size-medium = Mittel
size-large = Groß
room = Platz auf jedem Server
room-help = Was diese Größe von jedem Server nimmt.
room-promised = zugesagt
room-asked = gewünscht
room-free = frei
room-cpu = CPU
room-memory = Speicher
room-disk = Platte
room-bandwidth = Bandbreite
room-fits = passt
room-short = kein Platz
room-short-on = kein Platz auf { $server }: { $sum }
room-shut = jetzt nicht
room-none = Noch kann kein Server private Server aufnehmen. Installieren Sie einen, und warten Sie, bis sein Agent gemeldet hat, was da ist.
room-again = Rechnung aufstellen
shares-promised = { $promised } von { $whole } zugesagt, { $free } frei
shares-label = { $label } zugesagt
shares-more = Es gibt weitere

# Ein privater Server
private-actions-none = Mit diesem privaten Server darf Ihre Rolle jetzt nichts tun.
private-size = Größe
private-limits = Garantien und Grenzen
private-resource = Wovon
private-least = Garantiert
private-most = Höchstens
private-most-server = was andere lassen
private-most-link = die Leitung
private-cpu-of-server = CPU, vom ganzen Server
private-cpu-of-one = { $used } eines Prozessors / { $guaranteed }
private-swap = Auslagerung
private-sessions = Verbindungen
private-processes = Prozesse
private-memory-now = Speicher belegt
private-disk-now = Platte belegt
private-access = root meldet sich an mit
private-keys = { $n ->
    [one] { $n } Schlüssel
   *[other] { $n } Schlüsseln
}
private-password = einem Passwort
private-mac = MAC-Adresse
private-version = Version der Vorlage
private-newer = es gibt eine neuere
private-created = Angelegt
usage-nothing = Noch ist nichts verzeichnet. Sein Server meldet alle fünf Minuten, solange der private Server läuft. Bei der CPU sind 100 % ein ganzer Prozessor.
fault-no-private = einen privaten Server dieses Namens gibt es nicht
fault-no-private-attempted = privaten Server { $name } zeigen
fault-no-private-advice = Wählen Sie einen auf der Seite der privaten Server.

# Konsole
console = Konsole
console-title = Konsole von { $name }
console-opening = wird geöffnet …
console-open = offen
console-lost = Die Konsole ist weg: Das Control Center hat nicht geantwortet. Was in ihr lief, läuft vielleicht weiter.
console-ended = Die Konsole ist beendet.
console-again = Wieder öffnen
console-aloud = Bildschirm vorlesen
console-keys = Tasten
console-input = Eingabe des Terminals
console-leave = verlässt das Terminal; jede andere Taste gehört ihm.
console-script = Die Konsole braucht ein Skript. Auf der Befehlszeile geht dasselbe mit
key-escape = Esc
key-tab = Tab
key-interrupt = Strg C
key-end = Strg D
key-suspend = Strg Z
key-left = ←
key-up = ↑
key-down = ↓
key-right = →

# NAS
menu-nas = NAS
page-nas = NFS-Freigaben für private Server: für ihre Platten, die dann ohne Kopieren umziehen und den Ausfall ihres Servers überstehen, und für Dateien, die viele lesen.
help-nas =
    Die Platte eines privaten Servers auf einem NAS ist dort eine Datei, und deren Größe ist seine Grenze. Solange das NAS nicht antwortet, stehen seine privaten Server still und verlieren nichts.
    Ein Server mit privaten Servern auf einem NAS, der einige Zeit nicht antwortet, wird von seinem BMC ausgeschaltet; dann starten sie anderswo. Unter Ausfallschutz steht, nach welcher Zeit.
page-one-nas = Eine NFS-Freigabe und die privaten Server, die sie nutzen.
empty-nas = Kein NAS ist eingetragen
empty-nas-advice = Tragen Sie eines ein: eine NFS-4-Freigabe, die Server einhängen dürfen. Für Platten müssen sie als root eingelassen werden.
button-create-nas = NAS eintragen
button-failover = Ausfallschutz
section-nas = Freigabe
section-nas-users = Private Server darauf
nas-user = { $state } auf { $server }
private-disk-on = Platte auf
private-disk-here = seinem Server
private-priority = Vorrang, wenn sein Server ausfällt
private-priority-of = { $n } von 9, der niedrigste zuerst
private-shares = Liest
private-share-at = { $nas } unter { $at }
private-unshare = { $at } aushängen
private-drag-help = Ziehen Sie einen privaten Server auf einen anderen Server, um ihn umzuziehen, oder nutzen Sie Umziehen auf seiner Seite.
group-empty-server = hier steht kein privater Server
failover-title = Ausfallschutz
failover-waiting = { $n ->
    [one] { $n } privater Server wartet darauf, anderswo zu starten: { $names }
   *[other] { $n } private Server warten darauf, anderswo zu starten: { $names }
}
# Schnappschüsse und Sicherungen.
vault-title = Schnappschüsse und Sicherungen
vault-daily = Jeden Tag um { $hour } UTC gesichert.
vault-on-demand = Gesichert, wenn jemand es verlangt.
vault-kept = Behalten werden die letzten { $last } und je eine für { $daily } Tage, { $weekly } Wochen und { $monthly } Monate.
vault-backups = Sicherungen
vault-snapshots = Schnappschüsse
vault-no-backups = Es gibt noch keine Sicherung.
vault-backup = Sicherung { $backup }
vault-snapshot = Schnappschuss { $snapshot }
vault-added = neu:
vault-untested = Noch nicht zur Probe wiederhergestellt
vault-making = entsteht
vault-is-kept = behalten
vault-removing = wird entfernt
vault-column-backup = Sicherung
vault-column-snapshot = Schnappschuss
vault-column-size = Größe
vault-column-test = Probe
vault-column-disk = Platte
vault-column-note = Notiz
vault-column-name = Name
vault-column-kind = Art
vault-column-changed = Geändert
vault-stored = Im Control Center
vault-directory = Verzeichnis
vault-file = Datei
vault-link = Verweis
vault-other = Anderes
vault-files = Dateien in dieser Sicherung
vault-empty = In diesem Verzeichnis ist nichts.
vault-cut = In diesem Verzeichnis sind mehr Dateien; sie lassen sich mit dem Verzeichnis wiederherstellen.
page-backup-files = Die Dateien, wie sie waren, als diese Sicherung entstand. Jede Datei und jedes Verzeichnis lässt sich einzeln zurückholen.
