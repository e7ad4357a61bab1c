# Signing in by a provider outside.
sign-in-by = Sign in with { $title }
sign-in-leaving = Going to the provider. It brings you back here.
sign-in-elsewhere = this sign-in was not begun in this browser, or more than ten minutes ago
sign-in-elsewhere-advice = Begin again here, and stay in this browser until you are back.
onward = Continue
menu-oidc = Sign-in providers
page-oidc = Providers outside (OpenID Connect) by which the people of your account, and of those below it, may sign in.
help-oidc =
    At the provider, make a client for the authorization code flow and enter as redirect address what the browser shows for this panel, followed by `/sign-in/return`, such as `https://panel.example.com:8443/sign-in/return`. Then enter here what the provider calls the client, and its secret.

    The sign-in page under the host name of your panel shows a button for each provider. Who signs in by it gives no password and no code of a second factor here: what the provider asks for counts as both.

    Only those get in who are linked, unless a role for new people is set. Nobody is ever linked because a name or a mail address is the same.
empty-oidc = No provider
empty-oidc-advice = People sign in with name and password.
menu-identities = Linked sign-ins
page-identities = Providers by which you may sign in instead of with your password, and what they call you.
help-identities =
    Choose Link and give your password; the browser goes to the provider, you sign in there, and it brings you back. From then on the button on the sign-in page signs you in.

    Ending a link leaves open sessions as they are: end those under Sessions.
empty-identities = No provider
empty-identities-advice = Whoever runs this Control Center can set one up under Sign-in providers.
