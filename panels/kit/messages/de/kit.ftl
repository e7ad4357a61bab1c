# Was um jede Seite herum steht.

menu-main = Hauptmenü
menu-label = Menü
breadcrumb = Pfad
skip = Zum Inhalt springen
status-successful = Erfolgreich
status-failed = Fehlgeschlagen
status-incomplete = Noch nicht fertig
details = Details
job-and-log = Auftrag { $job } und sein Protokoll
close = Schließen
cancel = Abbrechen
back = Zurück
done = Fertig
copy = Kopieren
copy-command = Befehl kopieren
on-command-line = Auf der Kommandozeile
same-on-command-line = Dasselbe auf der Kommandozeile:
this-page = Diese Seite
all = alle
any = alle
yes = ja
no = nein
first-page = Erste Seite
next-page = Nächste Seite
what-can-be-done = Was getan werden kann
nothing-to-show = Nichts anzuzeigen
progress = Fortschritt
live-on = live
live-lost = verbindet neu
live-paused = pausiert
broken-off = Das Control Center hat nicht geantwortet. Prüfen Sie die Verbindung und versuchen Sie es noch einmal.

# Person, Farben, Sprache
signed-in-as = Angemeldet als { $user }
change-password = Passwort ändern
sign-out = Abmelden
language = Sprache
theme = Farben
theme-auto = Farben: wie das System
theme-light = Farben: hell
theme-dark = Farben: dunkel

# Anmeldung
sign-in = Anmelden
sign-in-user = Benutzer
sign-in-password = Passwort
sign-in-as = Anmelden als { $user }
sign-in-code = Code
sign-in-code-help = Die sechs Ziffern, die Ihre Authenticator-App jetzt zeigt, oder einer Ihrer Wiederherstellungscodes.
sign-in-other = Als jemand anderes anmelden
sign-in-first = Das erste Passwort von `admin` steht auf dem Control Center in der Datei `/run/rackwright/admin-password`. Verloren? Dort als root: `rackwright user passwd admin`

# Auftragsleiste
tray = Laufende Aufträge
tray-running = { $count ->
    [one] { $count } Auftrag läuft
   *[other] { $count } Aufträge laufen
}
tray-none = Kein Auftrag läuft
tray-all = Alle Aufträge
tray-details = Details
tray-details-of = Details zu { $title }
tray-progress-of = Fortschritt von { $title }

# Suche und Befehlspalette
search = Suchen
search-go = Suchen oder springen …
search-hint = Seite, Aktion, Server, Adresse, Auftrag …
search-what = Suchen
search-title = Suche
search-help = Findet Seiten, Aktionen und Dinge anhand eines Teils ihres Namens, ihrer Adresse oder MAC-Adresse. Mehrere Wörter grenzen ein: „install r1-u07“ führt zum Formular, in dem der Server schon eingetragen ist.
search-nothing = Nichts heißt so
search-nothing-advice = Versuchen Sie einen Teil des Namens, eine Adresse oder die Nummer eines Auftrags.
search-actions = Aktionen
search-pages = Seiten
search-keys-move = bewegen
search-keys-open = öffnen
search-keys-close = schließen
palette-count = %n Treffer
palette-none = Nichts passt.
kind-server = Server
kind-job = Aufträge
kind-image = Images
kind-profile = Installationsprofile
kind-network = Netze
kind-user = Benutzer

# Tastatur
shortcuts = Tastenkürzel
shortcuts-palette = Suchen, zu einer Seite springen oder etwas tun
shortcuts-help = Hilfe zu dieser Seite
shortcuts-list = Diese Liste
shortcuts-go = Zu { $page }
shortcuts-close = Schließen, was offen ist
shortcuts-then = dann
shortcuts-on = Einzelne Tasten sind Kürzel
shortcuts-on-help = Schalten Sie das ab, wenn Sie diktieren oder andere Werkzeuge Tasten drücken. Strg K bleibt.

# Hilfe
help = Hilfe
help-for = Hilfe: { $page }
help-open = Hilfe zu dieser Seite
help-actions = Was hier getan werden kann
help-actions-none = Ihre Rolle darf hier nachsehen, aber nichts ändern.
help-fields = Die Felder
help-more = Mit `?` erscheinen die Tastenkürzel, mit `Strg K` die Suche. Alles geht auch auf der Kommandozeile: `rackwright --help`.
help-action = Das Formular zeigt, während es ausgefüllt wird, den Befehl, der dasselbe tut. Falsche Felder werden beim Absenden genannt; getan wird nichts, bis alle stimmen.

# Formulare
act-title = { $noun }: { $verb }
act-title-of = { $noun } { $object }: { $verb }
several-server = Server
several-image = Images
several-environment = Installationsumgebungen
several-profile = Profile
several-job = Aufträge
several-network = Netze
several-user = Benutzer
several-token = Token
form-required = Pflicht
form-optional = optional
form-choose = Bitte wählen …
form-one-per-line = eines je Zeile
form-json = JSON
form-add-row = Hinzufügen
form-remove-row = Entfernen
form-row = { $label } { $n }
form-row-new = { $label }, neu
form-nothing = Hier muss nichts ausgefüllt werden.
form-line = Zeile { $n }
form-danger = Vergewissern Sie sich, dass Sie `{ $object }` meinen.
form-danger-unnamed = Vergewissern Sie sich, dass Sie genau das meinen.
form-confirm = Zur Bestätigung „{ $object }“ eintippen
form-confirm-wipe = „{ $object }“ eintippen, um ein vorhandenes System löschen zu lassen
could-not = Nicht möglich ({ $attempted }): { $reason }
check-missing = Bitte ausfüllen.
check-choose = Bitte eines wählen.
check-form = Das hat nicht die richtige Form.
check-short = Bitte mindestens %n Zeichen.
check-long = Bitte höchstens %n Zeichen.
check-least = Bitte %n oder mehr.
check-most = Bitte %n oder weniger.
check-whole = Bitte eine ganze Zahl.
check-repeat = Bitte genau so eintippen: %name
result = Ergebnis
result-once = Jetzt übernehmen
result-once-help = Das wird nur dieses eine Mal gezeigt. Kopieren Sie es dorthin, wo es gebraucht wird.
did = { $verb }: { $object } ist erledigt.
job-went = { $title }: { $step } ({ $percent } %)
job-done = { $title }: fertig.
job-failed = { $title }: { $reason }
job-failed-unknown = der Auftrag ist fehlgeschlagen
job-cancelled = { $title }: abgebrochen.

# Ablehnungen
refused-title = Das ging nicht
not-found-title = Nicht gefunden
refused-home = Zur Startseite
refused-again = Noch einmal versuchen

# Zeiten
time-now = gerade eben
time-s = { $n } s
time-min = { $n } min
time-h = { $n } h
time-days = { $n } Tagen
time-days-hours = { $days } Tage { $hours } h
time-ago = vor { $span }
time-in = in { $span }

# Zustände
state-discovered = entdeckt
state-ready = bereit
state-installing = wird installiert
state-online = online
state-unreachable = unerreichbar
state-failed = fehlgeschlagen
state-rescuing = Rettung läuft
state-wiping = wird gelöscht
state-retired = stillgelegt
state-running = läuft
state-succeeded = gelungen
state-cancelled = abgebrochen
state-incomplete = noch nicht fertig
state-done = erledigt

# Was im Panel selbst schiefgeht.
fault-no-action = diese Aktion gibt es nicht
fault-no-action-attempted = das Formular von { $name } öffnen
fault-no-action-advice = Suchen Sie über das Menü, woran Sie arbeiten wollen.
fault-slow = binnen { $n } s kam keine Antwort
fault-slow-advice = Versuchen Sie es noch einmal; für langes Warten ist die Kommandozeile da.
fault-broke-off = die Aktion brach ab: { $error }
fault-broke-off-advice = Sehen Sie bei den Aufträgen und im Audit nach, wie weit sie kam, und melden Sie das als Fehler.
fault-no-page = diese Seite gibt es nicht
fault-no-page-attempted = { $page } öffnen
fault-no-page-advice = Benutzen Sie das Menü oder prüfen Sie die Adresse auf einen Tippfehler.
refused-origin = Abgelehnt: Diese Anfrage kam nicht von einer Seite dieses Panels. Öffnen Sie die Adresse des Panels selbst und versuchen Sie es noch einmal.
refused-form = Abgelehnt: Dieses Formular gehört nicht zu Ihrer jetzigen Sitzung. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
refused-large = Abgelehnt: Das Formular ist größer als 1 MiB. Kürzen Sie, was eingetippt wurde.
refused-slow = Abgelehnt: Das Formular kam nicht binnen 30 s an. Senden Sie es über eine schnellere Leitung noch einmal.
refused-drawing = Diese Seite konnte nicht gezeichnet werden. Das ist ein Fehler des Panels: Bitte melden Sie ihn.

# Wessen Panel das ist.
title-provider = Control Center
title-reseller = Wiederverkäufer-Panel
title-customer = Konto-Panel
qr-label = QR-Code für die Authenticator-App
my-factors = Mein zweiter Faktor
my-sessions = Wo ich angemeldet bin
guest = Sie sind { $guest }, im Panel von { $host } ({ $account }). Was Sie hier tun, wird mit beiden Namen vermerkt.
guest-return = Zurück ins eigene Panel
kind-account = Konten
several-account = Konten
several-factor = Zweite Faktoren
several-session = Sitzungen
kind-rack = Racks
several-rack = Racks
several-role = Rollen

# Referenz
docs = Referenz
docs-lead = Jede Aktion dieses Control Centers: Oberfläche, der Befehl `rackwright` und die HTTP-Schnittstelle tun dasselbe.
docs-open = Referenz aller Aktionen
docs-nouns = Nach Gegenstand
docs-unknown = Keine solche Aktion
docs-unknown-text = Diese Version hat keine solche Aktion.
docs-action = Aktion
docs-permission = Recht
docs-public = Allen offen
docs-signed-in = Alle, die angemeldet sind
docs-effect = Wirkung
docs-effect-read = Sieht nach, ändert nichts
docs-effect-change = Ändert etwas, das sich zurück ändern lässt
docs-effect-destroy = Zerstört etwas
docs-input = Eingabe
docs-no-input = Sie braucht keine.
docs-output = Ausgabe
docs-field = Feld
docs-type = Art und Grenzen
docs-meaning = Bedeutung
docs-flag = Auf der Kommandozeile
docs-required = Nötig
docs-default = Sonst:
docs-from = Mögliche Werte
docs-command = Befehl
docs-http = HTTP
docs-openapi = OpenAPI
docs-request = Anfrage
docs-answer = Antwort
docs-errors = Fehlercodes
docs-type-list = Liste von: { $items }
docs-type-word = eines der Wörter
docs-type-whole = ganze Zahl
docs-type-number = Zahl
docs-type-truth = true oder false
docs-type-text = Text
docs-type-object = Objekt
docs-type-any = beliebiger Wert
docs-limit-value-least = mindestens { $least }
docs-limit-value-most = höchstens { $most }
docs-limit-value-both = { $least } bis { $most }
docs-limit-length-least = mindestens { $least } Zeichen
docs-limit-length-most = höchstens { $most } Zeichen
docs-limit-length-both = { $least } bis { $most } Zeichen
docs-limit-count-least = mindestens { $least } davon
docs-limit-count-most = höchstens { $most } davon
docs-limit-count-both = { $least } bis { $most } davon
docs-code-invalid_input = Die Eingabe ist falsch; die Antwort nennt jedes falsche Feld.
docs-code-not_signed_in = Mit dem Aufruf kam kein gültiger Ausweis.
docs-code-forbidden = Der Ausweis erlaubt das nicht.
docs-code-not_found = Das gibt es nicht, oder der Aufrufer darf es nicht sehen.
docs-code-conflict = Der Zustand lässt das nicht zu, oder der Idempotenzschlüssel gehört zu einem anderen Aufruf.
docs-code-confirmation_needed = Etwas würde zerstört; wiederholen Sie den Aufruf mit der Bestätigung.
docs-code-too_many = Zu viele Versuche; warten Sie.
docs-code-storage_full = Die Platte des Control Centers ist voll.
docs-code-unavailable = Eine Maschine oder ein anderer Teil hat das Seine nicht getan.
docs-code-timed_out = Ein Warten endete ohne Antwort.
docs-code-internal = Ein Fehler des Control Centers.
several-webhook = Webhooks
several-delivery = Zustellungen
undo = Rückgängig
redo = Wiederholen
state-active = aktiv
state-paused = angehalten
state-waiting = wartet
state-delivered = zugestellt
state-given-up = aufgegeben
state-possible = möglich
state-undone = rückgängig gemacht
docs-undo = Es lässt sich einen Tag lang rückgängig machen, solange niemand dasselbe wieder geändert hat.
docs-event = Ereignis
docs-events = Ereignisse für Webhooks
docs-events-lead = Jede Aktion, die etwas ändert, ist ein Ereignis desselben Namens, und einiges geschieht von selbst. Ein Webhook bekommt jedes als `POST` mit JSON und den Kopfzeilen `Rackwright-Event`, `Rackwright-Delivery` (die Nummer des Ereignisses) und `Rackwright-Signature`. Jede Antwort von 200 bis 299 nimmt es an.
docs-events-order = Ereignisse kommen der Reihe nach und mindestens einmal: Nach einer Unterbrechung kann dasselbe Ereignis noch einmal kommen, unter derselben `id`. Eines, das nicht angenommen wird, wird nach 10 s wieder versucht, dann nach immer längeren Pausen, einen Tag lang, und hält solange das nächste auf; eines, das mit 400 bis 499 (außer 408, 425 und 429) abgelehnt wird, wird nach vier Versuchen aufgegeben. Drei aufgegebene in Folge halten den Webhook an, ebenso die Antwort 410. Der Empfänger hat 5 s, die Verbindung anzunehmen, und 10 s zu antworten. Weiterleitungen wird nicht gefolgt.
docs-events-who = Ein Webhook hört, was Leute seines Kontos und der Konten darunter tun. Von dem, was jemand darüber an etwas tut, das dem Konto gehört, hört er, welches Ereignis und welches Ding, sonst nichts.
docs-told = Was gesendet wird
docs-told-id = Die Nummer des Ereignisses. Dasselbe Ereignis hat dieselbe Nummer, sooft es gesendet wird.
docs-told-event = Was geschehen ist.
docs-told-at = Wann, in Millisekunden seit 1970-01-01T00:00:00Z.
docs-told-account = Das Konto, in dem es geschehen ist.
docs-told-actor = Wer es getan hat; null, wenn es von selbst geschah oder jemand darüber es tat.
docs-told-behind = Wer gehandelt hat, wenn jemand die Oberfläche des Handelnden betreten hatte.
docs-told-by = Wodurch: `panel`, `api`, `cli`, `system` oder `machine`, wenn es von selbst geschah.
docs-told-object = Woran es getan wurde, mit den Feldern der Eingabe, die es nennen.
docs-told-input = Die Eingabe der Aktion, Geheimnisse geschwärzt.
docs-told-result = Immer `done`: Was abgelehnt wurde, ist kein Ereignis.
docs-told-reason = Warum, wenn es von selbst geschah.
docs-told-audit = Die Zeile des Audits, für `rackwright audit undo`.
docs-genuine = Prüfen, ob es echt ist
docs-genuine-text = Die Kopfzeile `Rackwright-Signature` ist `t=SEKUNDEN,v1=HEX`: HMAC-SHA-256 unter dem Geheimnis des Webhooks über die Sekunden, einen Punkt und den Inhalt. Lehnen Sie ab, was älter als fünf Minuten ist. In einer Shell und in Python:
docs-by-itself = Was von selbst geschieht
docs-of-actions = Was Aktionen tun
