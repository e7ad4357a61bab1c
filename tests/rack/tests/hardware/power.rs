use std::time::Duration;

use rackwright_rack::hardware::{Firmware, MachineSpec, PowerOrder, Rack};

const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn a_machine_runs_only_while_its_bmc_says_so() {
    let rack = Rack::create(&[MachineSpec::new("alpha", Firmware::Bios)]).unwrap();
    let alpha = rack.machine("alpha").unwrap();
    let bmc = alpha.ipmi();
    assert!(!bmc.is_on().unwrap(), "a new machine is off");
    assert_eq!(alpha.console(), "");
    assert!(bmc.power(PowerOrder::Reset).is_err(), "a machine that is off cannot be reset");

    bmc.power(PowerOrder::On).unwrap();
    assert!(bmc.is_on().unwrap());
    bmc.power(PowerOrder::On).unwrap();
    alpha.wait_for_console("SeaBIOS", 1, LIMIT).unwrap();

    bmc.power(PowerOrder::Reset).unwrap();
    alpha.wait_for_console("SeaBIOS", 2, LIMIT).unwrap();
    assert!(bmc.is_on().unwrap());

    bmc.power(PowerOrder::Cycle).unwrap();
    alpha.wait_for_console("SeaBIOS", 3, LIMIT).unwrap();
    assert!(bmc.is_on().unwrap());

    bmc.power(PowerOrder::Off).unwrap();
    assert!(!bmc.is_on().unwrap());
    bmc.power(PowerOrder::Off).unwrap();
}

#[test]
fn a_wrong_password_is_refused() {
    let rack = Rack::create(&[MachineSpec::new("alpha", Firmware::Bios)]).unwrap();
    let alpha = rack.machine("alpha").unwrap();
    let mut access = alpha.bmc().clone();
    access.password = "wrong".to_owned();
    let refused = rackwright_rack::hardware::Ipmi::new(rack.namespace(), &access).power(PowerOrder::On);
    assert!(refused.is_err());
    assert!(!alpha.ipmi().is_on().unwrap());
}
