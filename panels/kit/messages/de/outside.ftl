# Anmelden über einen Anbieter außerhalb.
sign-in-by = Anmelden mit { $title }
sign-in-leaving = Weiter zum Anbieter. Er bringt Sie hierher zurück.
sign-in-elsewhere = diese Anmeldung wurde nicht in diesem Browser begonnen, oder vor mehr als zehn Minuten
sign-in-elsewhere-advice = Beginnen Sie hier von neuem und bleiben Sie bis zur Rückkehr in diesem Browser.
onward = Weiter
menu-oidc = Anmeldeanbieter
page-oidc = Anbieter außerhalb (OpenID Connect), über die sich die Personen Ihres Kontos und der Konten darunter anmelden können.
help-oidc =
    Legen Sie beim Anbieter einen Client für den Authorization-Code-Flow an. Als Rückkehradresse tragen Sie dort ein, was der Browser für dieses Panel zeigt, gefolgt von `/sign-in/return`, etwa `https://panel.example.com:8443/sign-in/return`. Tragen Sie dann hier ein, wie der Anbieter den Client nennt, und sein Geheimnis.

    Die Anmeldeseite unter dem Hostnamen Ihres Panels zeigt für jeden Anbieter einen Knopf. Wer sich damit anmeldet, gibt hier weder Passwort noch Code eines zweiten Faktors an: Was der Anbieter verlangt, zählt als beides.

    Eingelassen wird nur, wer verknüpft ist, es sei denn, eine Rolle für neue Personen ist gesetzt. Niemand wird je verknüpft, weil ein Name oder eine E-Mail-Adresse gleich ist.
empty-oidc = Kein Anbieter
empty-oidc-advice = Alle melden sich mit Namen und Passwort an.
menu-identities = Verknüpfte Anmeldungen
page-identities = Anbieter, über die Sie sich statt mit dem Passwort anmelden können, und wie diese Sie nennen.
help-identities =
    Wählen Sie Verknüpfen und geben Sie Ihr Passwort an; der Browser geht zum Anbieter, Sie melden sich dort an, und er bringt Sie zurück. Von da an meldet der Knopf auf der Anmeldeseite Sie an.

    Wird eine Verknüpfung gelöst, bleiben offene Sitzungen bestehen: Beenden Sie diese unter Sitzungen.
empty-identities = Kein Anbieter
empty-identities-advice = Wer dieses Control Center betreibt, kann unter Anmeldeanbieter einen einrichten.
