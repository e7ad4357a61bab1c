# Die Wand, Racks, Aktionen auf mehreren Servern und die Seite eines Servers.

# Wand und Tabelle
fleet-filter = Filtern
fleet-filter-by = Nach Name, Adresse, Profil, Rack oder Standort filtern
fleet-filter-what = Name, Adresse, MAC-Adresse, Profil, Rack oder Standort
fleet-group = Gruppieren nach
fleet-view = Ansicht
view-wall = Wand
view-table = Tabelle
group-by-none = nichts
group-by-rack = Rack
group-by-site = Standort
group-by-state = Zustand
group-by-profile = Profil
group-no-rack = ohne Rack
group-no-site = ohne Standort
group-no-state = ohne Zustand
group-no-profile = ohne Profil
group-rack = Rack { $name }
group-rack-at = Rack { $name } · { $site }
group-site = Standort { $name }
group-profile = Profil { $name }
fleet-by-state = Server nach Zustand zeigen
fleet-elsewhere = Auch Server anderswo zeigen
fleet-servers = Server
fleet-servers-in = Server, { $group }
fleet-caption = Server mit ihrem Zustand
fleet-selected = Ausgewählt
fleet-select = { $name } auswählen
tile-no-system = noch kein System
tile-no-address = keine Adresse
tile-agent = Agent live
tile-rack = Rack { $rack }, Einheit { $unit }
progress-of = Fortschritt von { $name }
column-name = Name
column-state = Zustand
column-site = Standort
column-rack = Rack
column-address = Adresse
column-profile = Profil
column-firmware = Firmware
column-heard = Zuletzt gehört

# Auf mehreren Servern handeln
bulk = Auf den ausgewählten Servern handeln
bulk-none = Kein Server ist ausgewählt
bulk-selected-one = 1 Server ausgewählt
bulk-selected = %n Server ausgewählt
bulk-select-first = Wählen Sie die Server aus, auf denen %name installiert werden soll, und drücken Sie es noch einmal
bulk-install = Installieren
bulk-retire = Stilllegen
bulk-clear = Leeren
shelf = Profile
shelf-help = Ziehen Sie eines auf einen Server, oder wählen Sie Server aus und drücken Sie eines.
shelf-none = Noch keines.
shelf-create = Eines anlegen
shelf-keys = Tasten
shelf-click = Klick
shelf-or = oder
shelf-arrows = Pfeiltasten
shelf-space = den Server auswählen, der den Fokus hat
shelf-shift = alles bis dahin auswählen
shelf-ctrl = noch einen auswählen
shelf-all = alle gezeigten auswählen
shelf-go = von Server zu Server gehen
shelf-esc = nichts auswählen
bulk-count = { $n ->
    [one] { $n } Server
   *[other] { $n } Server
}
bulk-title = { $count }: { $verb }
bulk-gone = nicht mehr bekannt
bulk-nothing-done = Nichts wurde getan: { $reason }
bulk-wiped = { $wiped ->
    [one] { $wiped } von { $count } trägt ein System: Alles auf seiner Platte wird vernichtet.
   *[other] { $wiped } von { $count } tragen ein System: Alles auf ihren Platten wird vernichtet.
}
bulk-sure = { $n ->
    [one] Vergewissern Sie sich, dass Sie { $count } meinen.
   *[other] Vergewissern Sie sich, dass Sie { $count } meinen.
}
bulk-not-repeated = ist nicht „{ $count }“; nichts wurde getan
bulk-missing = fehlt
bulk-lines = Auf der Kommandozeile, Server für Server
bulk-help = Was daraus wurde, Server für Server.
bulk-results = Ergebnisse
bulk-results-each = Ergebnisse, Server für Server
bulk-results-caption = Was auf jedem Server daraus wurde
bulk-result = Ergebnis
bulk-happened = Was geschah
bulk-share = { $succeeded } von { $all }
bulk-all-went = gingen wie gewünscht.
bulk-some-failed = gingen wie gewünscht, { $failed } nicht.
bulk-to-wall = Zur Wand
bulk-again = Die fehlgeschlagenen noch einmal versuchen …
bulk-did = { $verb }: erledigt.
fault-bulk = auf mehreren Servern handeln
fault-bulk-advice = Wählen Sie Server auf der Wand aus und drücken Sie dann einen Knopf darunter.
fault-bulk-action = diese Aktion gibt es nicht für mehrere Server
fault-bulk-name = ein Name darunter ist keiner eines Servers
fault-bulk-none = kein Server ist ausgewählt
fault-bulk-many = mehr als { $n } Server sind ausgewählt

# Racks
menu-racks = Racks
page-racks = Wo Server stehen, wie man sie von vorn sieht, mit dem Zustand, in dem jeder gerade ist.
help-racks =
    Ein Rack hat einen Namen, einen Standort und eine Höhe in Einheiten. Gezählt wird von unten.
    
    Platzieren Sie einen Server, indem Sie ihn auf eine freie Einheit ziehen, oder drücken Sie die Einheit. Am Server selbst ändert das nichts.
button-create-rack = Rack anlegen
button-place-server = Einen Server platzieren
racks-none = Noch kein Rack
racks-none-advice = Legen Sie eines mit Standort und Höhe an und platzieren Sie Server darin: Hier sehen Sie, was wo steht und wie es jedem geht.
racks-site = Standort { $name }
racks-no-site = Ohne Standort
racks-used = { $used } von { $height } Einheiten belegt
racks-slot = { $name } ist { $state }
racks-slot-reason = { $name } ist { $state }: { $reason }
racks-place = platzieren
racks-place-in = Einen Server in { $rack } platzieren, Einheit { $unit }
racks-unplaced = In keinem Rack
racks-unplaced-help = auf eine freie Einheit ziehen oder drücken
fault-no-rack = ein Rack dieses Namens gibt es nicht
fault-no-rack-attempted = Rack { $name } zeigen
fault-no-rack-advice = Wählen Sie eines auf der Seite der Racks.

# Verläufe
charts = Im Verlauf
charts-range = Zeitraum
range-hour = Stunde
range-day = Tag
range-week = Woche
range-month = Monat
in-range-hour = in dieser Stunde
in-range-day = an diesem Tag
in-range-week = in dieser Woche
in-range-month = in diesem Monat
over-range-hour = in der letzten Stunde
over-range-day = am letzten Tag
over-range-week = in der letzten Woche
over-range-month = im letzten Monat
step-hour = 1 min
step-day = 1 h
step-week = 6 h
step-month = 1 Tag
charts-nothing = Nichts wurde { $range } gemeldet. Der Agent meldet sich alle paar Sekunden, sobald ein System installiert und der Server online ist.
chart-cpu = CPU
chart-cpu-of-one = CPU, von einem Prozessor
chart-memory = Speicher
chart-disk = Platten
chart-network = Netz
chart-in = ein
chart-out = aus
chart-used = belegt
chart-label = { $title } { $range }. { $summary }
chart-words = zuletzt { $last }, im Mittel { $mean }, höchstens { $most }.
chart-words-of = zuletzt { $last } von { $whole }, im Mittel { $mean }, höchstens { $most }.
chart-unknown = von diesem Agenten nicht gemeldet.
chart-network-words = Ein: { $in } Aus: { $out }
chart-network-last = { $value } ein
charts-as-table = Als Tabelle, Mittel über { $step }
charts-table = Last { $range }
charts-caption = Mittel über { $step }, das Neueste zuerst, Zeiten in UTC
charts-from = Ab (UTC)
charts-memory-used = Speicher belegt
charts-disks-used = Platten belegt
charts-network-in = Netz ein
charts-network-out = Netz aus
months = Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez

# Ein Server
head = Zustand
head-address = Adresse
head-agent = Agent
head-connected = verbunden
head-not-connected = nicht verbunden
head-heard = Zuletzt gehört
head-never = nie
head-firmware = Firmware
head-profile = Profil
head-job = Auftrag { $job }
head-progress = Fortschritt des Auftrags
server-actions = Aktionen
server-actions-lines = mit dem Befehl, der dasselbe tut
server-actions-none = Mit diesem Server darf Ihre Rolle im Augenblick nichts tun.
server-jobs = Aufträge
server-jobs-none = Noch kein Auftrag. Die Installation des Servers ist sein erster.
server-job-by = Auftrag { $job }, von { $user }
lifecycle = Lebenslauf
lifecycle-is = Der Server ist { $state }
lifecycle-next = Der Server ist { $state }; als Nächstes kann er werden: { $next }
lifecycle-from-here = Von hier aus geht: { $next }.
load = Last
load-heartbeat = Herzschlag
load-none = Noch kein Herzschlag. Der Agent meldet sich, sobald das System installiert ist.
load-memory = Speicher
load-used-of = { $used } von { $whole }, { $percent } %
load-used = { $label } belegt
load-average = Mittlere Last
load-average-over = über 1, 5 und 15 Minuten
load-up = Läuft seit
load-system = System
load-kernel = Kernel
load-agent = Agent
inventory = Bestand
inventory-taken = aufgenommen
inventory-none = Noch keine Bestandsaufnahme. Sie geschieht, wenn die Maschine zum ersten Mal über das Netz startet.
inventory-unknown-maker = Unbekannter Hersteller
inventory-unknown-model = unbekanntes Modell
inventory-serial = Seriennummer { $serial }
inventory-firmware = Firmware { $version }
inventory-sockets = { $n ->
    [one] { $n } Sockel
   *[other] { $n } Sockel
}
inventory-cores = { $n ->
    [one] { $n } Kern
   *[other] { $n } Kerne
}
inventory-threads = { $n ->
    [one] { $n } Thread
   *[other] { $n } Threads
}
inventory-memory = { $size } Speicher
inventory-hard-disk = Festplatte
inventory-solid-state = Halbleiterplatte
inventory-removable = wechselbar
inventory-link-up = Verbindung steht
inventory-link-speed = Verbindung steht, { $mbps } Mbit/s
inventory-no-link = keine Verbindung
inventory-lease = { $address } vergeben bis { $until } UTC
inventory-bmc = BMC
inventory-bmc-user = Benutzer { $user }
inventory-no-bmc = Kein BMC vermerkt
inventory-no-bmc-advice = Tragen Sie einen ein, um den Strom von hier aus zu schalten.
timeline = Startverlauf
timeline-in = { $n ->
    [one] { $n } Station in { $total }, ab
   *[other] { $n } Stationen in { $total }, ab
}
timeline-what = vom Einschalten bis zum lebenden Agenten
timeline-none = Diese Maschine ist hier noch nicht gestartet
timeline-none-advice = Schalten Sie sie mit dem Netzstart an erster Stelle ein: Jede Station, die sie passiert, erscheint hier.
timeline-stopped = Hier blieb der Start stehen.
timeline-waiting = wartet auf die nächste Station:
phase-netboot = Netzstart
phase-installing = Installation
phase-installed = Installiertes System
place-passed = passiert
place-current = gerade hier
place-stopped = stehen geblieben
place-skipped = nicht nötig
place-ahead = nicht erreicht
fleet-shown = { $shown } von { $count } Servern
