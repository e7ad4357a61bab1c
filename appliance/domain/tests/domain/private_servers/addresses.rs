//! Which addresses private servers can have; each refusal names what holds the address.

use rackwright_catalog::Role;
use rackwright_model::MacAddr;
use rackwright_store::lease::{LeaseRow, lease_put};
use rackwright_store::network::network_list;
use serde_json::{Value, json};

use crate::support::private::{NETWORK, input};
use crate::support::{START, World};

fn at(name: &str, address: &str) -> Value {
    let mut draft = input(name);
    draft["size"]["cpu_permille"] = json!(10);
    draft["size"]["memory_mib"] = json!(64);
    draft["address"] = json!(address);
    draft
}

async fn leased(world: &World, last: u8, mac: MacAddr) {
    world
        .write(move |tx| {
            let network = network_list(tx)?[0].id;
            let address = [10, 78, 0, last].into();
            Ok(lease_put(tx, &LeaseRow { mac, address, network, until: START.plus(1) })?)
        })
        .await;
}

#[tokio::test]
async fn each_refusal_names_what_holds_the_address() {
    let world = World::with_room().await;
    let bmc = json!({"address": "10.78.0.20", "user": "a", "password": "b"});
    world.done("server.set-bmc", json!({"server": "h1", "bmc": bmc})).await;
    leased(&world, 30, MacAddr([2, 0, 0, 0, 0, 1])).await;
    world.done("private-server.create", at("web1", "10.78.0.40")).await;
    for (address, problem) in [
        ("10.77.0.3", "is not an address that a machine of network ps-net (10.78.0.0/24) can have"),
        ("10.78.0.0", "is not an address that a machine of network ps-net"),
        ("10.78.0.255", "is not an address that a machine of network ps-net"),
        ("10.78.0.150", "lies in the DHCP pool of network ps-net, 10.78.0.100 to 10.78.0.199"),
        ("10.78.0.1", "is the router of network ps-net"),
        ("10.78.0.2", "is a name server of network ps-net"),
        ("10.78.0.9", "is the address of server h1"),
        ("10.78.0.20", "is the address of the BMC of server h1"),
        ("10.78.0.30", "is leased to 02:00:00:00:00:01"),
        ("10.78.0.40", "is the address of private server web1"),
    ] {
        let fault = world.refused("private-server.create", at("web2", address)).await;
        assert_eq!(fault.fields[0].field, "address", "{fault}");
        assert!(fault.fields[0].problem.starts_with(&format!("{address} {problem}")), "{fault}");
    }
    // A lease that is over holds nothing, unless it is a server's.
    world.clock.pass(10);
    world.done("private-server.create", at("web2", "10.78.0.30")).await;
    leased(&world, 31, MacAddr([2, 0, 0, 0, 9, 9])).await;
    let fault = world.refused("private-server.create", at("web3", "10.78.0.31")).await;
    assert!(fault.fields[0].problem.contains("is reserved for server h1"), "{fault}");
}

#[tokio::test]
async fn the_control_centers_own_address_is_its_own() {
    let world = World::new();
    world
        .done("network.set", json!({"name": "n", "cidr": "10.77.0.0/24", "pool_first": "10.77.0.50", "pool_last": "10.77.0.60"}))
        .await;
    world.template("debian-12-ps", 'a').await;
    let host = world.host("h1", 9).await;
    world
        .write(move |tx| Ok(rackwright_store::server::server_set_address(tx, host, [10, 77, 0, 9].into())?))
        .await;
    let fault = world.refused("private-server.create", at("web1", "10.77.0.1")).await;
    assert!(fault.fields[0].problem.contains("is the Control Center's own address"), "{fault}");
    let made = world.done("private-server.create", input("web1")).await;
    assert_eq!(made["address"], "10.77.0.2");
}

#[tokio::test]
async fn the_lowest_free_one_is_given() {
    let world = World::with_room().await;
    for (name, expected) in [("web1", "10.78.0.3"), ("web2", "10.78.0.4")] {
        let mut draft = at(name, "");
        draft["address"] = Value::Null;
        assert_eq!(world.done("private-server.create", draft).await["address"], expected);
    }
    // With all below the pool taken, it goes on after it.
    let full = json!({
        "name": "ps-net", "cidr": NETWORK, "pool_first": "10.78.0.5", "pool_last": "10.78.0.253", "router": "10.78.0.1",
        "dns": ["10.78.0.2"],
    });
    world.done("network.set", full).await;
    let mut draft = at("web3", "");
    draft["address"] = Value::Null;
    assert_eq!(world.done("private-server.create", draft.clone()).await["address"], "10.78.0.254");
    draft["name"] = json!("web4");
    let fault = world.refused("private-server.create", draft).await;
    assert!(fault.reason.contains("no address of network ps-net is free"), "{fault}");
}

#[tokio::test]
async fn the_address_of_a_nas_is_its_own() {
    let world = World::with_room().await;
    let nas = |name: &str, address: &str| json!({"name": name, "purpose": "shared", "address": address, "path": "/srv/tools"});
    world.done("nas.create", nas("tools", "10.78.0.3")).await;
    world.done("nas.create", nas("more", "10.78.0.3")).await;
    let fault = world.refused("private-server.create", at("web1", "10.78.0.3")).await;
    assert_eq!(fault.fields[0].problem, "10.78.0.3 is the address of NAS more");
    let mut draft = at("web1", "");
    draft["address"] = Value::Null;
    assert_eq!(world.done("private-server.create", draft).await["address"], "10.78.0.4");

    let bmc = json!({"address": "10.78.0.20", "user": "a", "password": "b"});
    world.done("server.set-bmc", json!({"server": "h1", "bmc": bmc})).await;
    for (address, problem) in [
        ("10.78.0.4", "10.78.0.4 is the address of private server web1"),
        ("10.78.0.9", "10.78.0.9 is the address of server h1"),
        ("10.78.0.20", "10.78.0.20 is the address of the BMC of server h1"),
        ("10.78.0.150", "10.78.0.150 lies in the DHCP pool of network ps-net, 10.78.0.100 to 10.78.0.199"),
        ("10.78.0.1", "10.78.0.1 is the router of network ps-net"),
        ("10.77.0.1", "10.77.0.1 is the Control Center's own address"),
    ] {
        let changed = world.refused("nas.change", json!({"nas": "tools", "address": address})).await;
        let created = world.refused("nas.create", nas("others", address)).await;
        for fault in [created, changed] {
            assert_eq!(
                (fault.fields[0].field.as_str(), fault.fields[0].problem.as_str()),
                ("address", problem)
            );
        }
    }
    // What it has it may keep, whatever else changes.
    world.done("nas.change", json!({"nas": "tools", "name": "kit", "address": "10.78.0.3"})).await;
    // A name server may be a NAS as well, and so may what is in no network that is served.
    world.done("nas.change", json!({"nas": "kit", "address": "10.78.0.2"})).await;
    world.done("nas.create", nas("far", "192.168.7.20")).await;
}

#[tokio::test]
async fn no_network_takes_the_address_of_a_nas() {
    let world = World::with_room().await;
    let nas = json!({"name": "tools", "purpose": "shared", "address": "10.78.0.20", "path": "/srv/tools"});
    world.done("nas.create", nas).await;
    let network = |first: &str, router: &str, dns: &str| {
        json!({
            "name": "ps-net", "cidr": NETWORK, "pool_first": first, "pool_last": "10.78.0.199", "router": router,
            "dns": [dns],
        })
    };
    for (set, problem) in [
        (network("10.78.0.20", "10.78.0.1", "10.78.0.2"), "would lie in the pool, 10.78.0.20 to 10.78.0.199"),
        (network("10.78.0.100", "10.78.0.20", "10.78.0.2"), "would be the router"),
    ] {
        let fault = world.refused("network.set", set).await;
        assert_eq!(fault.reason, format!("10.78.0.20 is the address of NAS tools, and {problem}"));
        assert!(fault.advice.contains("leave 10.78.0.20 to the NAS"), "{fault}");
    }
    // A network that comes later holds it no less, and a name server may be a NAS as well.
    world.done("network.remove", json!({"network": "ps-net", "confirm": "ps-net"})).await;
    let fault = world.refused("network.set", network("10.78.0.10", "10.78.0.1", "10.78.0.2")).await;
    assert!(fault.reason.contains("NAS tools"), "{fault}");
    world.done("network.set", network("10.78.0.21", "10.78.0.1", "10.78.0.20")).await;
}

#[tokio::test]
async fn an_ipv6_address_is_given_once() {
    let world = World::with_room().await;
    let mut draft = at("web1", "10.78.0.40");
    draft["address_v6"] = json!("2001:db8::5");
    world.done("private-server.create", draft).await;
    let mut draft = at("web2", "10.78.0.41");
    draft["address_v6"] = json!("2001:db8:0::5");
    let fault = world.refused("private-server.create", draft).await;
    assert_eq!(fault.fields[0].field, "address_v6");
    assert!(fault.fields[0].problem.contains("is the address of private server web1"), "{fault}");
}

#[tokio::test]
async fn an_ipv6_address_is_given_by_those_who_know_the_link() {
    let world = World::with_room().await;
    let acme = world.session(Role::Reseller).await;
    world.done("server.assign", json!({"server": "h1", "account": "acme"})).await;
    let mut draft = at("acme-web", "10.78.0.40");
    draft["address_v6"] = json!("2001:db8::1");
    let fault = world.call(&acme, "private-server.create", draft).await.expect_err("not theirs to give");
    assert_eq!(fault.fields[0].field, "address_v6");
    assert!(fault.fields[0].problem.contains("those who look after the racks"), "{fault}");
}

#[tokio::test]
async fn who_does_not_look_after_the_racks_is_told_of_nothing_foreign() {
    let world = World::with_room().await;
    let acme = world.session(Role::Reseller).await;
    world.done("private-server.create", at("web1", "10.78.0.40")).await;
    world.done("private-server.remove", json!({"private_server": "web1", "confirm": "web1"})).await;
    let h1 = world.domain.presence.connected_servers()[0];
    world.obeys(h1).await;
    world.host("h2", 10).await;
    world
        .done("private-server.create", {
            let mut draft = at("web1", "10.78.0.40");
            draft["server"] = json!("h2");
            draft
        })
        .await;
    world.done("server.assign", json!({"server": "h1", "account": "acme"})).await;
    for address in ["10.78.0.1", "10.78.0.2", "10.78.0.10", "10.78.0.40", "10.78.0.150"] {
        let fault = world.call(&acme, "private-server.create", at("acme-web", address)).await;
        let problem = fault.expect_err("is held").fields[0].problem.clone();
        assert_eq!(problem, format!("{address} is not free"));
    }
}

#[tokio::test]
async fn no_lease_and_no_network_takes_an_address_away() {
    let world = World::with_room().await;
    world.done("private-server.create", at("web1", "10.78.0.40")).await;
    let network = |first: &str, router: &str, cidr: &str| {
        json!({
            "name": "ps-net", "cidr": cidr, "pool_first": first, "pool_last": "10.78.0.60", "router": router,
            "dns": ["10.78.0.2"],
        })
    };
    for (set, problem) in [
        (network("10.78.0.40", "10.78.0.1", NETWORK), "would lie in the pool, 10.78.0.40 to 10.78.0.60"),
        (network("10.78.0.50", "10.78.0.40", NETWORK), "would be the router"),
    ] {
        let fault = world.refused("network.set", set).await;
        assert_eq!(fault.reason, format!("10.78.0.40 is the address of private server web1, and {problem}"));
    }
    let other = json!({
        "name": "ps-net", "cidr": "10.79.0.0/24", "pool_first": "10.79.0.50", "pool_last": "10.79.0.60",
    });
    let fault = world.refused("network.set", other).await;
    assert!(fault.reason.contains("would be no address of network ps-net any more"), "{fault}");
    let fault = world.refused("network.remove", json!({"network": "ps-net", "confirm": "ps-net"})).await;
    assert!(fault.reason.contains("have addresses of it: web1"), "{fault}");
    // Other name servers are told to it.
    world.told();
    let mut set = network("10.78.0.50", "10.78.0.1", NETWORK);
    set["dns"] = json!(["10.78.0.3"]);
    world.done("network.set", set).await;
    let told = world.told();
    assert_eq!((told[0].generation, told[0].dns[0].to_string().as_str()), (2, "10.78.0.3"));
}

#[tokio::test]
async fn nobody_leases_the_address_of_a_private_server_from_another_server() {
    let world = World::with_room().await;
    world.done("private-server.create", at("web1", "10.78.0.40")).await;
    world.done("network.set", json!({"name": "ps-net", "cidr": NETWORK, "mode": "proxy"})).await;
    let (mac, link) = ("02:00:00:00:00:99".parse().expect("an address"), [10, 78, 0, 2].into());
    let taken = world.domain.lease_elsewhere(mac, [10, 78, 0, 40].into(), link).await;
    assert!(
        taken.is_err_and(|silent| silent.reason.contains("is the address of private server web1")),
        "whoever has it would pass for that machine"
    );
    world.domain.lease_elsewhere(mac, [10, 78, 0, 41].into(), link).await.expect("is free");
}
