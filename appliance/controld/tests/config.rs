//! The configuration file: what is right, what is wrong, and how wrong files are answered.

use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;

use rackwright_controld::config::{Config, KEYS, reference};

fn read(text: &str) -> Result<Config, String> {
    Config::read(Path::new("rackwrightd.toml"), text).map_err(|error| error.to_string())
}

/// Every file in `config/bad` is refused with the message beside it. With RACKWRIGHT_WRITE_GOLDENS set, the messages are
/// written instead; look at them before you keep them.
#[test]
fn wrong_files_are_answered_with_every_wrong_key() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config/bad");
    let mut seen = 0;
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("readable").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        seen += 1;
        let text = fs::read_to_string(&path).expect("readable");
        let message = read(&text).expect_err(&format!("{} is wrong", path.display())) + "\n";
        let golden = path.with_extension("message");
        if std::env::var_os("RACKWRIGHT_WRITE_GOLDENS").is_some() {
            fs::write(&golden, &message).expect("written");
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(message, expected, "{}", path.display());
    }
    assert_eq!(seen, 6);
}

#[test]
fn an_empty_file_means_all_defaults() {
    let config = read("").expect("valid");
    assert_eq!(config.data_dir, Path::new("/var/lib/rackwright"));
    assert_eq!(config.agent, Path::new("/usr/lib/rackwright/rackwright-agent"));
    assert_eq!(config.panel.listen, ["0.0.0.0:8443".parse().expect("an address")]);
    assert_eq!(config.netboot, None);
    assert_eq!(config.agents.address.to_string(), "127.0.0.1:8444");
}

#[test]
fn environments_are_below_the_data_folder_unless_they_have_a_place_of_their_own() {
    let boot_dir = |text: &str| read(text).expect("valid").boot_dir;
    assert_eq!(boot_dir(""), Path::new("/var/lib/rackwright/environment"));
    assert_eq!(boot_dir("data_dir = \"/srv/center\""), Path::new("/srv/center/environment"));
    assert_eq!(boot_dir("data_dir = \"/srv/center\"\nboot_dir = \"/boot/x\""), Path::new("/boot/x"));
}

#[test]
fn images_are_imported_from_below_the_data_folder_unless_told_otherwise() {
    let folders = |text: &str| read(text).expect("valid").import_dirs;
    assert_eq!(folders("data_dir = \"/srv/center\""), [Path::new("/srv/center/import")]);
    assert_eq!(
        folders("[images]\nimport_dirs = [\"/srv/a\", \"/srv/b\"]"),
        [Path::new("/srv/a"), Path::new("/srv/b")]
    );
    assert!(folders("[images]\nimport_dirs = []").is_empty());
    let wrong = read("[images]\nimport_dirs = [\"/srv/a\", \"b\"]").expect_err("is no path from the root");
    assert!(wrong.contains("line 2, images.import_dirs: \"b\" is not a path from the root"), "{wrong}");
}

#[test]
fn netboot_is_served_as_soon_as_an_interface_is_named() {
    let both = "[netboot]\ninterface = \"eth1\"\naddress = \"10.77.0.1\"\n";
    let config = read(both).expect("valid");
    let netboot = config.netboot.expect("served");
    assert_eq!(
        (netboot.interface.as_str(), netboot.address, netboot.http_port),
        ("eth1", Ipv4Addr::new(10, 77, 0, 1), 80)
    );
    assert_eq!(config.agents.address.to_string(), "10.77.0.1:8444");

    let off = read(&format!("{both}enabled = false\n")).expect("valid");
    assert_eq!(off.netboot, None);
}

#[test]
fn the_agents_address_takes_the_port_of_the_listener() {
    let agents = |text: &str| read(&format!("[agents]\n{text}")).expect("valid").agents.address.to_string();
    assert_eq!(agents("listen = \"0.0.0.0:9444\"\naddress = \"192.0.2.7\""), "192.0.2.7:9444");
    assert_eq!(agents("address = \"192.0.2.7:443\""), "192.0.2.7:443");
    assert_eq!(agents("listen = \"192.0.2.8:8444\""), "192.0.2.8:8444");
}

/// The example with the comment signs of its keys taken away, but without those keys for which `leave` says no.
fn uncommented(leave: impl Fn(&str) -> bool) -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') => {
            let name = rest.split(' ').next().unwrap_or_default();
            if leave(name) { rest.to_owned() } else { String::new() }
        }
        _ => line.to_owned(),
    };
    reference().lines().map(|text| line(text) + "\n").collect()
}

#[test]
fn the_example_shows_every_key_with_its_default() {
    let everything = read(&uncommented(|_| true)).expect("every example is valid");
    assert!(everything.netboot.is_some());
    let has_default = |name: &str| KEYS.iter().any(|key| key.name == name && key.default.is_some());
    assert_eq!(read(&uncommented(has_default)), read(""), "the defaults in the example are the real ones");
    assert_eq!(read(&reference()), read(""));
}

#[test]
fn the_packaged_file_is_the_example() {
    let packaged = include_str!("../packaging/rackwrightd.toml");
    assert_eq!(
        packaged,
        reference(),
        "write it again with: rackwrightd --example > packaging/rackwrightd.toml"
    );
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_configuration_or_a_message(text in "(\\[?(panel|netboot|x)?\\]?\n?(listen|address|=|\\[|\"|0|\\.|\n| |\\PC)){0,24}") {
        let _ = read(&text);
    }
}

#[test]
fn a_mail_server_needs_a_sender_and_the_address_of_the_panel() {
    let wrong = read("[mail]\nhost = \"smtp.example.com\"\n").expect_err("half of it");
    assert!(
        wrong.contains("mail.from: it is missing") && wrong.contains("panel.url: it is missing"),
        "{wrong}"
    );
    let base = "[panel]\nurl = \"https://center.example.com:8443/\"\n[mail]\nfrom = \"center@example.com\"\n";
    let wrong = read(base).expect_err("no server");
    assert!(wrong.contains("mail.host: it is missing"), "{wrong}");
    let mail = |more: &str| read(&format!("{base}host = \"smtp.example.com\"\n{more}"));
    let whole =
        mail("tls = \"tls\"\nuser = \"u\"\npassword_file = \"/p\"").expect("valid").mail.expect("named");
    assert_eq!((whole.port, whole.panel_url.as_str()), (465, "https://center.example.com:8443"));
    assert_eq!(mail("").expect("valid").mail.expect("named").port, 587);
    for (more, said) in [
        ("tls = \"ssl\"", "\"ssl\" is none of starttls, tls and none"),
        ("tls = \"none\"\nuser = \"u\"\npassword_file = \"/p\"", "no password is sent without TLS"),
        ("user = \"u\"", "mail.password_file is missing"),
        ("password_file = \"/p\"", "mail.user: it is missing"),
    ] {
        let wrong = mail(more).expect_err(more);
        assert!(wrong.contains(said), "{wrong}");
    }
    for url in ["http://center.example.com", "https://center.example.com/panel", "https://", "center"] {
        let wrong = read(&format!("[panel]\nurl = {url:?}\n")).expect_err(url);
        assert!(wrong.contains("panel.url") && wrong.contains("is not the address of a panel"), "{wrong}");
    }
    assert_eq!(read("").expect("valid").mail, None);
}
