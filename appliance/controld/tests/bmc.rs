//! The BMC adapter against a real IPMI 2.0 BMC: `ipmi_sim` of Debian's `openipmi`, on an address of loopback.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rackwright_controld::adapters::Ipmitool;
use rackwright_domain::ports::{Bmc, BmcAccess, BootDevice, Power};
use tempfile::TempDir;

/// A chassis whose state is in files; `latch` there makes its power stay as it is.
const CHASSIS: &str = r#"#!/bin/sh
cd "$(dirname "$0")" || exit 1
case "$1 $2" in
"get power") echo "power:$(cat power 2>/dev/null || echo 0)" ;;
"get boot") echo "boot:$(cat boot 2>/dev/null || echo none)" ;;
"set power") echo "power $3" >> orders; [ -e latch ] || echo "$3" > power ;;
"set boot") echo "boot $3" >> orders; echo "$3" > boot ;;
"set reset") echo reset >> orders ;;
"set shutdown") echo shutdown >> orders ;;
esac
"#;

const EMULATION: &str = "mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
mc_enable 0x20
";

/// A running BMC.
struct Rig {
    process: Child,
    folder: TempDir,
    access: BmcAccess,
}

impl Drop for Rig {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Rig {
    /// Tests run at the same time, so each has an address.
    fn start(address: Ipv4Addr) -> Self {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("chassis"), CHASSIS).expect("written");
        std::fs::set_permissions(path("chassis"), std::fs::Permissions::from_mode(0o755))
            .expect("made executable");
        std::fs::write(path("bmc.emu"), EMULATION).expect("written");
        std::fs::create_dir(path("state")).expect("made");
        let lan = format!(
            "name \"t\"\nset_working_mc 0x20\n startlan 1\n  addr {address} 623\n  priv_limit admin\n  \
             allowed_auths_admin none md2 md5 straight\n  guid a123456789abcdefa123456789abcdef\n endlan\n \
             chassis_control \"{}\"\n user 1 false \"\" \"\" user 10 none md2 md5 straight\n \
             user 2 true \"admin\" \"s3cret\" admin 10 none md2 md5 straight\n",
            path("chassis").display()
        );
        std::fs::write(path("lan.conf"), lan).expect("written");
        let mut command = Command::new("ipmi_sim");
        command
            .arg("-n")
            .arg("-c")
            .arg(path("lan.conf"))
            .arg("-f")
            .arg(path("bmc.emu"))
            .arg("-s")
            .arg(path("state"));
        let log = std::fs::File::create(path("log")).expect("made");
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("shared")).stderr(log);
        let process = command.spawn().expect("ipmi_sim of the package openipmi");
        // It is there when nobody else can have its port.
        let begun = Instant::now();
        while UdpSocket::bind((address, 623)).is_ok() {
            assert!(begun.elapsed() < Duration::from_secs(20), "ipmi_sim took no port");
            std::thread::sleep(Duration::from_millis(20));
        }
        let access =
            BmcAccess { address: IpAddr::V4(address), user: "admin".into(), password: "s3cret".into() };
        Self { process, folder, access }
    }

    fn orders(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("orders")).unwrap_or_default()
    }
}

#[tokio::test]
async fn power_and_boot_device_are_set_and_read_back() {
    let rig = Rig::start(Ipv4Addr::new(127, 0, 77, 1));
    let (bmc, at) = (Ipmitool::new("ipmitool"), &rig.access);
    assert!(!bmc.is_on(at).await.expect("answered"));
    bmc.boot_once(at, BootDevice::Network, true).await.expect("set");
    bmc.power(at, Power::Cycle).await.expect("a machine that is off is powered on");
    assert!(bmc.is_on(at).await.expect("answered"));
    bmc.boot_once(at, BootDevice::Disk, false).await.expect("set");
    bmc.power(at, Power::Shutdown).await.expect("asked");
    bmc.power(at, Power::Off).await.expect("off");
    assert!(!bmc.is_on(at).await.expect("answered"));
    // ipmi_sim calls the disk the default boot device.
    assert_eq!(rig.orders(), "boot pxe\npower 1\nboot default\nshutdown\npower 0\n");
}

#[tokio::test]
async fn a_chassis_that_does_not_obey_is_noticed() {
    let rig = Rig::start(Ipv4Addr::new(127, 0, 77, 2));
    std::fs::write(rig.folder.path().join("latch"), "").expect("written");
    let error =
        Ipmitool::new("ipmitool").power(&rig.access, Power::On).await.expect_err("it stays off").to_string();
    assert_eq!(
        error,
        "could not power the machine on through the BMC at 127.0.77.2: it took the order, but 8 s later the machine is still off"
    );
}

#[tokio::test]
async fn a_refused_sign_in_says_what_to_correct() {
    let rig = Rig::start(Ipv4Addr::new(127, 0, 77, 3));
    let bmc = Ipmitool::new("ipmitool");
    let ask = async |user: &str, password: &str| {
        let at = BmcAccess { user: user.into(), password: password.into(), ..rig.access.clone() };
        bmc.is_on(&at).await.expect_err("refused").to_string()
    };
    let prefix = "could not read the power state through the BMC at 127.0.77.3: ";
    let wrong = ask("admin", "guess").await;
    assert_eq!(wrong, format!("{prefix}it refused the password of user \"admin\"; set the right one"));
    let unknown = ask("nobody", "s3cret").await;
    assert!(unknown.starts_with(&format!("{prefix}it knows no user \"nobody\"")), "{unknown}");
}

#[tokio::test]
async fn a_bmc_that_is_not_there_is_given_up_within_half_a_minute() {
    let at = BmcAccess {
        address: Ipv4Addr::new(127, 0, 77, 4).into(),
        user: "admin".into(),
        password: "x".into(),
    };
    let bmc = Ipmitool::new("ipmitool");
    let answer =
        tokio::time::timeout(Duration::from_secs(30), bmc.is_on(&at)).await.expect("within its limit");
    let error = answer.expect_err("nobody is there").to_string();
    assert!(error.contains("it does not answer; check its address"), "{error}");
}

#[tokio::test]
async fn the_password_is_in_nobodys_view() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let program = folder.path().join("ipmitool");
    std::fs::write(
        &program,
        "#!/bin/sh\necho \"$@\" > \"$(dirname \"$0\")/seen\"\necho 'Chassis Power is on'\n",
    )
    .expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("made executable");
    let at = BmcAccess { address: Ipv4Addr::LOCALHOST.into(), user: "admin".into(), password: "hush".into() };
    assert!(Ipmitool::new(program).is_on(&at).await.expect("answered"));
    let seen = std::fs::read_to_string(folder.path().join("seen")).expect("noted");
    assert!(seen.contains("-U admin") && !seen.contains("hush"), "{seen}");
}

#[tokio::test]
async fn without_the_program_it_says_what_to_install() {
    let at = BmcAccess { address: Ipv4Addr::LOCALHOST.into(), user: "admin".into(), password: "hush".into() };
    let error = Ipmitool::new("/nonexistent/ipmitool").is_on(&at).await.expect_err("no program").to_string();
    assert!(error.contains("apt install ipmitool"), "{error}");
}
