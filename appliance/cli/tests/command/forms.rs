//! The forms of output.

use rackwright_catalog::{ENTRIES, Fault, FaultCode};
use rackwright_client::cli_line;
use rackwright_client::command::{Secrecy, flags};

use crate::center::{Center, complaint, output};

#[test]
fn lists_keep_their_columns_and_values_are_raw() {
    let center = Center::start([]);
    assert_eq!(
        output(&mut center.command("server list --output csv")),
        "name,account,state,site,rack,unit,address,macs,reason,seen_at\r\n\
         r1-u07,provider,online,fra-1,r1,7,10.77.0.50,52:54:00:12:34:56,,1764000000000\r\n"
    );
    let text = output(&mut center.command("--output yaml server list"));
    for line in
        ["items:", "    name: r1-u07", "    unit: 7", "      - \"52:54:00:12:34:56\"", "    reason: null"]
    {
        assert!(text.lines().any(|found| found == line), "no line {line:?} in\n{text}");
    }
    let table = output(&mut center.command("server list --output table"));
    assert_eq!(table, output(&mut center.command("server list")));
}

#[test]
fn every_action_has_every_form() {
    let center = Center::start([]);
    for entry in ENTRIES.iter().filter(|entry| entry.spec.effect == rackwright_catalog::Effect::Read) {
        if entry.spec.name == "server.watch"
            || flags(entry).iter().any(|flag| flag.secrecy == Secrecy::Secret)
        {
            continue;
        }
        let line = cli_line(entry, &(entry.sample_input)());
        let words = line.strip_prefix("rackwright ").expect("the name first");
        let csv = output(center.command(words).args(["--output", "csv"]));
        let columns = csv.lines().next().expect("a head").split(',').count();
        assert!(entry.spec.columns.is_empty() || entry.spec.columns.len() == columns, "{line}\n{csv}");
        let yaml = output(center.command(words).args(["--output", "yaml"]));
        assert!(yaml.ends_with('\n') && !yaml.contains("\n\n"), "{line}\n{yaml}");
    }
}

#[test]
fn faults_follow_the_form_and_other_forms_are_refused() {
    let fault =
        || Err(Fault::new(FaultCode::NotFound, "show server r1", "there is no server r1", "List them."));
    let center = Center::start([fault(), fault()]);
    let told = complaint(&mut center.command("server show r1 --output yaml"), 1);
    assert!(told.starts_with("code: not_found\nattempted: \"show server r1\"\n"), "{told}");
    assert!(complaint(&mut center.command("server show r1 --output csv"), 1).starts_with("error: could not"));
    assert!(
        complaint(&mut center.command("server list --output xml"), 2).contains("[possible values: table")
    );
    complaint(&mut center.command("server list --json --output csv"), 2);
}
