//! curl against the boot file server, and a bare socket for what curl would not send.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::memory_plan::silence;
use crate::rack::{CLIENT, IMAGE, Rack, SERVER, bytes};
use rackwright_model::{BootStage, MacAddr};
use rackwright_netboot::plan::BootChoice;

/// Status and body.
fn curl(rack: &Rack, options: &str, path: &str) -> (u16, Vec<u8>) {
    let out = rack.path("out");
    fs::write(&out, "").expect("emptied");
    let line = format!(
        "curl -sS --path-as-is --max-time 30 -w %{{http_code}} {options} -o {} http://{SERVER}{path}",
        out.display()
    );
    let status = rack.succeed(&line).parse().expect("a status");
    (status, fs::read(out).expect("fetched"))
}

fn head(rack: &Rack, options: &str, path: &str) -> String {
    rack.succeed(&format!("curl -sS --max-time 10 -D - -o /dev/null {options} http://{SERVER}{path}"))
        .to_lowercase()
}

#[test]
fn a_boot_is_served_and_told_station_by_station() {
    let rack = Rack::with_client();
    let (status, script) = curl(&rack, "", "/boot/script/52-54-00-00-00-01");
    let script = String::from_utf8(script).expect("text");
    assert!(status == 200 && script.starts_with("#!ipxe\n"), "{status} {script}");
    // Fetched as the script says it.
    let mut paths = Vec::new();
    for word in script.split_whitespace().filter_map(|word| word.strip_prefix("http://10.77.0.1")) {
        assert_eq!(curl(&rack, "", word).0, 200, "{word}");
        rack.until("the next fact", |rack| rack.stages().len() == paths.len() + 2);
        paths.push(word.to_owned());
    }
    assert_eq!(paths, ["/boot/cloud/vmlinuz", "/boot/agent.cpio", "/boot/cloud/provision.cpio.zst"]);
    use BootStage::{Kernel, RamDisk, Script};
    assert_eq!(rack.stages(), [Script, Kernel, RamDisk, RamDisk]);
    let details =
        rack.plan.with(|state| state.facts.iter().map(|fact| fact.detail.clone()).collect::<Vec<_>>());
    assert_eq!(details[0], "Told to start the provisioning environment (cloud kernel).");
    assert!(details[1].starts_with("Sent vmlinuz: 5.0 MB in "), "{details:?}");
    let ram_disk = details[3].split("; ").map(|part| part.split(" in ").next().unwrap_or_default());
    assert_eq!(ram_disk.collect::<Vec<_>>(), ["agent.cpio: 1.0 kB", "provision.cpio.zst: 3.0 MB"]);
}

#[test]
fn files_arrive_whole_and_in_ranges() {
    let rack = Rack::with_client();
    let path = format!("/images/{IMAGE}.tar.zst");
    let image = bytes(2_000_000);
    assert_eq!(curl(&rack, "", &path), (200, image.clone()));
    for (range, part) in [
        ("0-0", 0..1),
        ("0-262143", 0..262_144),
        ("262143-262145", 262_143..262_146),
        ("1999999-", 1_999_999..2_000_000),
        ("1999990-9999999", 1_999_990..2_000_000),
        ("-7", 1_999_993..2_000_000),
    ] {
        assert_eq!(curl(&rack, &format!("-r {range}"), &path), (206, image[part].to_vec()), "{range}");
    }
    assert_eq!(curl(&rack, "-r 2000000-", &path), (416, vec![]));
    assert_eq!(curl(&rack, "-r 0-1,5-6", &path), (200, image), "several ranges at once are none");
    let headers = head(&rack, "-r 5-9", &path);
    assert!(
        headers.contains("content-range: bytes 5-9/2000000") && headers.contains("content-length: 5\r"),
        "{headers}"
    );
    assert!(head(&rack, "-r 2000000-", &path).contains("content-range: bytes */2000000"));
}

#[test]
fn a_broken_download_goes_on_where_it_stopped_unless_the_file_changed() {
    let rack = Rack::with_client();
    let path = format!("/images/{IMAGE}.tar.zst");
    let headers = head(&rack, "", &path);
    let tag = headers.lines().find_map(|line| line.strip_prefix("etag: ")).expect("a tag").trim().to_owned();
    assert_eq!(curl(&rack, &format!("-r 10- -H If-Range:{tag}"), &path).0, 206);
    assert_eq!(curl(&rack, "-r 10- -H If-Range:\"other\"", &path).0, 200);
}

#[test]
fn rule_12_uefi_learns_the_size_at_the_exact_path_also_with_doubled_slashes() {
    let rack = Rack::with_client();
    for path in ["/boot/snponly.efi", "//boot/snponly.efi", "/boot//snponly.efi"] {
        let headers = head(&rack, "-I --path-as-is", path);
        assert!(
            headers.starts_with("http/1.1 200") && headers.contains("content-length: 524288\r"),
            "{path}: {headers}"
        );
        assert_eq!(curl(&rack, "", path), (200, bytes(524_288)));
    }
    rack.until("three programs", |rack| rack.stages() == [BootStage::BootProgram; 3]);
}

#[test]
fn nothing_outside_its_folders_is_served() {
    let rack = Rack::with_client();
    fs::create_dir_all(rack.path("boot/folder/deeper")).expect("made");
    for path in [
        "/",
        "/secret",
        "/boot/../secret",
        "/boot/cloud/../../secret",
        "/boot/%2e%2e/secret",
        "/boot/..%2fsecret",
        "/images/../secret",
        "/boot/folder/deeper",
        "/boot/cloud",
        "/boot/missing",
        "/boot/cloud/missing",
        "/images/missing.tar.zst",
        "/boot/cloud/vmlinuz/x",
        "/boot/script/not-a-mac",
    ] {
        assert_eq!(curl(&rack, "", path).0, 404, "{path}");
    }
    assert_eq!(curl(&rack, "-X POST -d x", "/boot/agent.cpio").0, 405);
    assert_eq!(rack.counters().http_refused, 15);
}

#[test]
fn a_script_goes_to_its_own_machine() {
    let rack = Rack::with_client();
    assert_eq!(curl(&rack, "", "/boot/script/52-54-00-00-00-02").0, 403);
    rack.plan.with(|state| state.leases.clear());
    assert_eq!(curl(&rack, "", "/boot/script/52-54-00-00-00-02").0, 403, "an address that is nobody's");
    rack.plan.with(|state| state.leases.insert(MacAddr([2, 0, 0, 0, 0, 9]), CLIENT));
    assert_eq!(curl(&rack, "", "/boot/script/52-54-00-00-00-01").0, 403);
}

#[test]
fn a_choice_becomes_its_script_and_a_refusal_says_why() {
    let rack = Rack::with_client();
    let script =
        |rack: &Rack| String::from_utf8(curl(rack, "", "/boot/script/52-54-00-00-00-01").1).expect("text");
    rack.plan.with(|state| state.choice = Ok(BootChoice::Disk));
    assert!(script(&rack).contains("sanboot"));
    rack.plan.with(|state| state.choice = Err(silence("This machine is retired.")));
    let refused = script(&rack);
    assert!(
        refused.contains("echo Rackwright: nothing to boot for 52:54:00:00:00:01: This machine is retired."),
        "{refused}"
    );
    let args = "a || reboot".to_owned();
    rack.plan.with(|state| {
        state.choice =
            Ok(BootChoice::Provision { nonce: "n".into(), flavour: "cloud".into(), kernel_args: args });
    });
    let bad = script(&rack);
    assert!(bad.contains("the kernel arguments") && !bad.contains("a || reboot"), "{bad}");
    assert_eq!(rack.stages(), [BootStage::Script], "only the disk was a choice");
    assert_eq!(rack.plan.with(|state| state.silences.len()), 2);
}

#[test]
fn rule_10_autoexec_leads_to_the_script() {
    let rack = Rack::with_client();
    for path in ["/autoexec.ipxe", "/boot/autoexec.ipxe"] {
        let (status, script) = curl(&rack, "", path);
        let script = String::from_utf8(script).expect("text");
        assert!(status == 200 && script.contains("/boot/script/${netX/mac:hexhyp}"), "{script}");
    }
    let out = rack.path("out");
    rack.succeed(&format!("curl -sS --max-time 10 -o {} tftp://{SERVER}/autoexec.ipxe", out.display()));
    assert!(fs::read_to_string(out).expect("fetched").starts_with("#!ipxe"));
}

/// Sends bytes and reads until the server closes or ten seconds pass.
fn raw(rack: &Rack, request: &[u8]) -> String {
    rack.on_client(|| {
        let mut stream = TcpStream::connect((SERVER, 80)).expect("connects");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
        // The server may close before it has read everything.
        let mut answer = Vec::new();
        if stream.write_all(request).is_ok() {
            let mut piece = [0; 4_096];
            while let Ok(length @ 1..) = stream.read(&mut piece) {
                answer.extend(&piece[..length]);
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    })
}

#[test]
fn an_oversized_or_senseless_head_is_refused() {
    let rack = Rack::with_client();
    let many = "x: y\r\n".repeat(100);
    let many = raw(&rack, format!("GET /boot/agent.cpio HTTP/1.1\r\nhost: x\r\n{many}\r\n").as_bytes());
    assert!(many.starts_with("HTTP/1.1 431"), "{many}");
    let long = raw(&rack, format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(100_000)).as_bytes());
    assert!(long.is_empty() || long.starts_with("HTTP/1.1 4"), "{long}");
    let garbage = raw(&rack, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n");
    assert!(garbage.is_empty() || garbage.starts_with("HTTP/1.1 400"), "{garbage}");
    assert_eq!(curl(&rack, "", "/boot/agent.cpio").0, 200);
}

#[test]
fn one_client_cannot_take_every_connection() {
    let rack = Rack::with_client();
    rack.on_client(|| {
        let held: Vec<TcpStream> =
            (0..33).map(|_| TcpStream::connect((SERVER, 80)).expect("connects")).collect();
        let mut last = held.last().expect("some");
        last.set_read_timeout(Some(Duration::from_secs(5))).expect("set");
        assert!(matches!(last.read(&mut [0]), Ok(0) | Err(_)), "closed at once");
    });
    rack.until("the refusal", |rack| rack.counters().http_overload == 1);
    rack.until("free connections", |rack| {
        rack.client(&format!("curl -sf http://{SERVER}/boot/agent.cpio -o /dev/null")).status.success()
    });
}
