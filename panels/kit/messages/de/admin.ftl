# Menü und Seiten des Control Centers.

group-machines = Maschinen
group-installing = Installation
group-center = Control Center

menu-servers = Server
menu-discovery = Entdeckung
menu-networks = Netze
menu-images = Images
menu-profiles = Profile
menu-jobs = Aufträge
menu-audit = Audit
menu-users = Benutzer
menu-tokens = API-Token
menu-system = System

page-servers = Jede physische Maschine, die das Control Center kennt. Eine Maschine, die in einem bedienten Netz über das Netz startet, erscheint hier von selbst.
help-servers =
    Ein Server geht von „entdeckt“ über „bereit“ und „wird installiert“ zu „online“. Verstummt sein Agent, ist er unerreichbar; bricht eine Installation ab, ist er fehlgeschlagen, und seine Seite sagt, wo der Start stehen blieb und was zu tun ist.
    
    Die Wand zeigt eine Kachel je Server, die Tabelle eine Zeile; beide folgen von selbst dem, was geschieht. Wählen Sie darüber einen Zustand, um nur die Server darin zu sehen.
page-server = Was über diese Maschine bekannt ist und was mit ihr getan werden kann. Die Seite folgt von selbst dem, was geschieht.
page-discovery = Was mit einer Maschine geschieht, die über das Netz startet und die niemand angekündigt hat, sobald ihre Bestandsaufnahme da ist: Sie wartet auf der Wand oder wird sofort installiert.
help-discovery =
    Mit der Regel „wait“ steht eine unbekannte Maschine als „entdeckt“ auf der Wand, bis jemand sie annimmt.
    
    Mit „auto-install“ wird sie sofort mit dem Profil installiert, das die Regel nennt. Benutzen Sie das nur in Netzen, in denen jede Maschine überschrieben werden darf.
page-networks = Subnetze, in denen das Control Center Maschinen startet und Adressen vergibt oder das einem anderen DHCP-Server überlässt. Wo keines gesetzt ist, schweigt es.
help-networks =
    Ein Netz braucht seine CIDR und einen Vorrat an Adressen. Adressen außerhalb des Vorrats werden nie vergeben: Dort gehören der Router und feste Maschinen hin.
    
    Zwei DHCP-Server in einem Netz antworten abwechselnd: Schalten Sie den anderen ab oder lassen Sie das Netz hier weg.
page-images = Betriebssysteme, die auf einen Server gebracht werden können. Die Prüfsumme wird beim Schreiben auf die Platte noch einmal geprüft.
page-image = „Prüfen“ liest die ganze Datei und vergleicht ihre Prüfsumme mit der vermerkten.
help-images =
    Ein Image ist ein gepacktes Dateisystem. Bauen Sie eines aus den Paketquellen der Maschine des Control Centers oder importieren Sie eine .tar.zst-Datei, die auf ihr liegt.
    
    Ein beschädigtes Image wird nicht installiert. Bauen oder importieren Sie es unter demselben Namen noch einmal: Profile, die es benutzen, bleiben wie sie sind.
page-profiles = Ein Profil sagt, wie ein System installiert wird: Image, Platte, Personen, Netz, Pakete und Befehle.
page-profile = Bereits installierte Server bleiben, wie sie sind, wenn ein Profil geht.
help-profiles =
    Ein Profil verbindet ein Image mit allem, was einen Server daraus macht. Eine Installation behält das Profil, wie es bei der Anordnung war; eine spätere Änderung berührt keine laufende Installation.
    
    Personen melden sich mit den SSH-Schlüsseln an, die ihnen das Profil gibt. Befehle nach der Installation laufen einmal, als root, im neuen System.
page-jobs = Lange Arbeit: Installationen, Bau und Import von Images. Ein Auftrag läuft weiter, wenn niemand zusieht, auch über einen Neustart des Control Centers.
page-job = Dem Protokoll wird gefolgt, solange der Auftrag läuft. Diese Seite zu verlassen hält ihn nicht an.
help-jobs =
    Ein laufender Auftrag nennt seinen Schritt und wie weit er ist. Er endet gelungen, fehlgeschlagen (mit Grund und Rat) oder abgebrochen.
    
    Abbrechen hält einen Auftrag an, sobald das sicher ist: Eine halb beschriebene Platte bleibt, wie sie ist, und der Server ist fehlgeschlagen.
page-audit = Alles, was Personen, Programme und Maschinen geändert haben, das Neueste zuerst. Geheimnisse stehen nie darin.
help-audit =
    Jede Zeile nennt, wer es war, auf welchem Weg (panel, api, cli, agent oder system), die Aktion mit ihrer Eingabe und was daraus wurde.
    
    Auch abgelehnte Versuche stehen hier.
page-users = Personen Ihres Kontos und der Konten darunter, die sich anmelden dürfen. Was eine Rolle erlaubt, steht auf der Seite Rollen.
help-users =
    Wer sein Passwort verloren hat, bekommt hier ein neues von jemandem, der Personen verwaltet. Ohne einen solchen: als root auf dem Control Center, `rackwright user passwd NAME`.
page-tokens = Mit einem Token handelt ein Programm mit Ihren eigenen Rechten, über die API oder die Kommandozeile. Es wird einmal gezeigt, wenn es entsteht.
help-tokens =
    Machen Sie für jedes Programm ein eigenes Token, damit jedes allein zurückgezogen werden kann. Ein abgelaufenes Token öffnet nichts.
page-system = Die Gesundheit des Control Centers selbst. Ist seine Datenplatte voll, dient es weiter, lehnt aber Änderungen ab, bis Platz ist.
help-system =
    Die Zähler sagen, was seit dem Start bedient und was verworfen wurde. Wächst `dhcp.malformed`, sendet etwas im Netz kaputte Anfragen.

title-profiles = Installationsprofile

button-add-server = Server hinzufügen
button-discovery = Entdeckung
button-change = Ändern
button-build-image = Image bauen
button-import-image = Image importieren
button-create-profile = Profil anlegen
button-install-server = Einen Server installieren
button-set-network = Netz einrichten
button-create-user = Benutzer anlegen
button-create-token = Token anlegen
button-reinstall = Neu installieren
button-cancel-job = Auftrag abbrechen
button-power-on = Einschalten
button-power-off = Ausschalten
button-power-cycle = Aus und wieder ein

empty-images = Noch kein Image
empty-images-advice = Bauen Sie eines aus den Paketquellen dieser Maschine oder importieren Sie eine .tar.zst-Datei. Legen Sie dann ein Profil an, das es benutzt.
empty-profiles = Noch kein Profil
empty-profiles-advice = Legen Sie eines an, um Server installieren zu können. Es braucht ein Image: Bauen Sie das zuerst.
empty-networks = Kein Netz wird bedient
empty-networks-advice = Richten Sie eines ein: Das Control Center beantwortet dort von da an DHCP und Netzstarts.
empty-jobs = Kein Auftrag
empty-jobs-advice = Installieren Sie einen Server oder bauen Sie ein Image: Dieser Arbeit folgt man hier.
empty-audit = Nichts passt
empty-audit-advice = Das hat noch niemand getan. Leeren Sie die Filter, um alles zu sehen.
empty-users = Niemand darf sich anmelden
empty-users-advice = Legen Sie einen Benutzer an.
empty-tokens = Noch kein Token
empty-tokens-advice = Legen Sie für jedes Programm eines an, damit jedes allein zurückgezogen werden kann.
empty-servers = Noch kein Server
empty-servers-advice = Richten Sie ein Netz ein und schalten Sie eine Maschine ein, die darin über das Netz startet: Sie erscheint hier binnen einer Minute. Oder fügen Sie eine mit ihrer MAC-Adresse hinzu.
empty-servers-given = Ihr Konto hat noch keinen Server
empty-servers-given-advice = Ein Server erscheint hier, sobald er Ihrem Konto gegeben wird.
empty-servers-filtered = Kein Server passt
empty-servers-filtered-advice = Wählen Sie einen anderen Zustand oder suchen Sie nach einem anderen Namen.

narrow = Die Liste eingrenzen
show = Zeigen
filter-state = Zustand
filter-server = Server
filter-action = Aktion
filter-user = Benutzer
section-image = Image
section-policy = Regel
section-profile = Profil
section-package-source = Paketquelle
section-disk = Platte
section-system = System
section-user = Benutzer
section-commands = Befehle nach der Installation

job-title = Auftrag { $id }
job-state = Zustand des Auftrags
job-server = Server
job-by = Begonnen von
job-started = Begonnen
job-took = Dauerte
job-running-for = Läuft seit
job-log = Protokoll
job-log-utc = Zeiten in UTC
job-log-empty = Noch steht nichts da.
job-log-of = Protokoll des Auftrags

system-storage = Speicher
system-health = Gesundheit
system-version = Version
system-running = Läuft seit
system-agents = Verbundene Agenten
system-clock = Seine Uhr
system-disk = Datenplatte
system-used = Belegt
system-used-of = { $used } von { $whole }, { $percent } %
system-disk-used = Belegung der Datenplatte
system-counters = Zähler seit dem Start

fault-no-server = einen Server dieses Namens gibt es nicht
fault-no-server-attempted = Server { $name } zeigen
fault-no-server-advice = Wählen Sie einen auf der Wand.
fault-gone = der Katalog hat keine solche Aktion
fault-gone-attempted = die Seite von { $name } öffnen
fault-gone-advice = Melden Sie das als Fehler.

# Konten, Menschen, Rollen und Sitzungen.
group-people = Menschen
menu-accounts = Konten
menu-roles = Rollen
menu-sessions = Sitzungen
menu-factors = Zweiter Faktor
page-accounts = Ihr Konto und die darunter. Alles gehört zu einem Konto und wird von dessen Leuten und denen darüber gesehen.
help-accounts =
    Der Anbieter hat Konten für Wiederverkäufer und Kunden, ein Wiederverkäufer hat Konten für seine Kunden. Namen unter einem Wiederverkäufer beginnen mit dessen Namen und einem Bindestrich.

    Niemand sieht, was zu einem Konto neben oder über dem eigenen gehört: Die Antwort ist dieselbe wie für etwas, das es nicht gibt.
page-account = Um ihm einen Server zu geben, öffnen Sie den Server und wählen Zuweisen. Um sein Panel zu sehen, wählen Sie Anmelden als.
page-roles = Was eine Rolle erlaubt, erlaubt sie für alles, was zum eigenen Konto und zu den Konten darunter gehört.
help-roles =
    Eine Rolle wird beim Anlegen eines Benutzers gewählt und kann später geändert werden. Niemand vergibt eine Rolle, die mehr darf als die eigene.
page-sessions = Wo Sie angemeldet sind. Beenden Sie, was Sie nicht kennen, und ändern Sie dann Ihr Passwort.
help-sessions =
    Eine Sitzung dauert zwölf Stunden. Ein neues Passwort beendet alle; API-Token bleiben.
page-factors = Womit Sie sich neben dem Passwort anmelden. Fügen Sie einen Passkey hinzu, oder richten Sie eine Authenticator-App ein und bestätigen Sie sie mit dem Code, den sie zeigt.
help-factors =
    Eine Authenticator-App auf dem Telefon zeigt sechs Ziffern, die jede halbe Minute wechseln; ein Passwort, das jemand erfahren hat, ist ohne sie nichts wert. Jeder Code gilt einmal.

    Ein Passkey bleibt in einem Telefon, einem Computer oder einem Sicherheitsschlüssel und gilt für den Hostnamen, unter dem Sie ihn hinzugefügt haben. Prüft er Finger, Gesicht oder PIN, meldet er Sie ohne Passwort an.

    Wiederherstellungscodes sind für den Tag, an dem das Telefon verloren ist: Drucken Sie sie aus. Sind auch sie verloren, entfernt jemand, der Sie verwaltet, den zweiten Faktor, oder root auf dem Control Center: `rackwright factor remove NAME`
empty-factors = Nur das Passwort
empty-factors-advice = Wer das Passwort erfährt, kann sich anmelden. Fügen Sie einen Passkey hinzu, oder richten Sie eine Authenticator-App ein.
empty-accounts = Nichts passt
empty-accounts-advice = Kein Konto trägt das im Namen. Leeren Sie den Filter, um alle zu sehen.
empty-sessions = Keine Sitzung
empty-sessions-advice = Root auf dieser Maschine und API-Token haben keine.
button-create-account = Konto anlegen
button-create-account-below = Konto darunter anlegen
filter-name = Name
filter-name-or-title = Name oder Titel
filter-account = Konto
section-account = Konto
roles-caption = Rechte jeder Rolle
roles-permission = Recht

# Installationsumgebungen.
menu-environments = Installationsumgebungen
page-environments = Eine Installationsumgebung ist der Kernel mit der RAM-Disk, die eine leere Maschine über das Netz startet; sie nimmt den Bestand der Maschine auf und installiert sie. Die als bereitgestellt markierte bekommen die Maschinen.
help-environments =
    Der Kernel „generic“ hat die Treiber echter Hardware; der Kernel „cloud“ ist kleiner und für virtuelle Maschinen gedacht.

    Bauen Sie sie nach einer Aktualisierung des Control Centers neu: Maschinen, die von da an über das Netz starten, bekommen die neue.
empty-environments = Noch keine Installationsumgebung
empty-environments-advice = Bauen Sie die mit dem Kernel „generic“: Er hat die Treiber echter Hardware. Bis dahin haben Maschinen, die über das Netz starten, nichts zu starten.
button-build-environment = Installationsumgebung bauen
button-build-again = Neu bauen
button-brand = Name, Farbe und Logo
rack-standing = Server in diesem Rack, von oben
rack-units = Einheiten
rack-server = Server

# Webhooks.
menu-webhooks = Webhooks
page-webhooks = Ein Webhook erfährt, was in einem Konto und den Konten darunter geschieht, sobald es geschieht: eine signierte HTTP-Anfrage für jedes Ereignis.
help-webhooks =
    Nennen Sie die Ereignisse, die der Empfänger haben will, etwa `server.rename` oder `server.*`, und prüfen Sie dort die Signatur. Was gesendet wird und wie man es prüft, steht in der Referenz unter Ereignisse.

    Ein Ereignis, das nicht angenommen wird, wird einen Tag lang wieder versucht. Ein Empfänger, der nichts annimmt, wird mit dem Grund angehalten; bringen Sie ihn in Ordnung und setzen Sie ihn fort, dann wird gesendet, was wartet.
page-webhook = Ereignisse werden der Reihe nach gesendet, eines nach dem anderen. Die neuesten stehen oben.
page-delivery = Was dem Webhook gesagt wurde, Wort für Wort, und was er geantwortet hat.
webhook-title = Webhook { $id }
delivery-title = Ereignis { $id }
section-webhook = Webhook
section-deliveries = Was ihm gesagt wurde
section-delivery = Letzter Versuch
section-told = Was gesendet wird
empty-webhooks = Noch kein Webhook
empty-webhooks-advice = Legen Sie einen an, damit ein anderes Programm erfährt, was hier geschieht: ein Chat, eine Abrechnung, eine Überwachung.
empty-deliveries = Noch nichts gesendet
empty-deliveries-advice = Senden Sie einen Test, um zu sehen, ob der Empfänger zuhört.
button-create-webhook = Webhook anlegen
