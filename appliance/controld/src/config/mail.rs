//! The mail server, over which links to set a new password are sent.

use std::path::PathBuf;

use lettre::message::Mailbox;

use super::wire::File;
use super::{absolute, is_host};

/// How to reach the mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    pub from: Mailbox,
    /// A user and the file with the password.
    pub login: Option<(String, PathBuf)>,
    /// `https://NAME[:PORT]`: the panel, as the links name it.
    pub panel_url: String,
}

/// How the connection to the mail server is guarded. The server's certificate is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// STARTTLS is demanded (RFC 3207).
    Start,
    /// TLS from the first byte (RFC 8314).
    Whole,
    None,
}

/// None when no server is named.
pub(super) fn mail(file: &File<'_>) -> Option<Mail> {
    let panel_url = panel_url(file);
    let host = file.text("mail", "host");
    if let Some(found) = &host
        && !is_host(&found.value)
    {
        found.wrong(format!("{:?} is neither a host name nor an address", found.value));
    }
    let from = file.parsed::<Mailbox>("mail", "from", "a mail address, such as rackwright@example.com");
    let tls = tls(file);
    let port = file.number("mail", "port", 1, u16::MAX);
    let login = login(file, tls);
    let Some(host) = host else {
        if from.is_some() || port.is_some() || login.is_some() {
            file.missing("mail.host", "it is missing; name the mail server, or leave all of [mail] out");
        }
        return None;
    };
    if from.is_none() {
        file.missing("mail.from", "it is missing; give the address that letters come from");
    }
    if panel_url.is_none() {
        file.missing(
            "panel.url",
            "it is missing; give the address of the panel for links in mails, such as https://center.example.com:8443",
        );
    }
    let usual = match tls {
        MailTls::Start => 587,
        MailTls::Whole => 465,
        MailTls::None => 25,
    };
    let port = port.unwrap_or(usual);
    Some(Mail { host: host.value, port, tls, from: from?.value, login, panel_url: panel_url? })
}

fn panel_url(file: &File<'_>) -> Option<String> {
    let found = file.text("panel", "url")?;
    let authority = found.value.strip_prefix("https://").map(|rest| rest.trim_end_matches('/'));
    let fits = |authority: &str| {
        let bare = |name: &str| is_host(name.trim_start_matches('[').trim_end_matches(']'));
        let with_port = authority.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok());
        bare(authority) || with_port.is_some_and(|(name, _)| bare(name))
    };
    match authority {
        Some(authority) if fits(authority) => Some(format!("https://{authority}")),
        _ => {
            found.wrong(format!(
                "{:?} is not the address of a panel, such as https://center.example.com:8443",
                found.value
            ));
            None
        }
    }
}

fn tls(file: &File<'_>) -> MailTls {
    let Some(found) = file.text("mail", "tls") else { return MailTls::Start };
    match found.value.as_str() {
        "starttls" => MailTls::Start,
        "tls" => MailTls::Whole,
        "none" => MailTls::None,
        other => {
            found.wrong(format!("{other:?} is none of starttls, tls and none"));
            MailTls::Start
        }
    }
}

fn login(file: &File<'_>, tls: MailTls) -> Option<(String, PathBuf)> {
    let user = file.text("mail", "user");
    let password = absolute(file, "mail", "password_file");
    match (user, password) {
        (Some(user), _) if tls == MailTls::None => {
            user.wrong("no password is sent without TLS; set mail.tls, or leave user and password_file out");
            None
        }
        (Some(user), Some(password)) => Some((user.value, password)),
        (Some(user), None) => {
            user.wrong("mail.password_file is missing beside it");
            None
        }
        (None, Some(_)) => {
            file.missing("mail.user", "it is missing beside mail.password_file");
            None
        }
        (None, None) => None,
    }
}
