//! White label.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rackwright_catalog::{FaultCode, Role};
use rackwright_domain::Credential;
use serde_json::{Value, json};

use crate::support::World;

/// The beginning of a PNG file, with something behind it.
fn png(last: u8) -> String {
    BASE64.encode([b"\x89PNG\r\n\x1a\n".as_slice(), &[last; 40]].concat())
}

async fn seen(world: &World, session: &Credential) -> Value {
    world.call(session, "session.show", json!({})).await.expect("is signed in")["brand"].clone()
}

#[tokio::test]
async fn a_look_is_seen_by_the_account_and_those_below_it() {
    let world = World::new();
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    let shop = world.session_in("acme-shop", "acme-shop-jo", Role::AccountManager).await;
    let zeta = world.session_in("zeta-shop", "zeta-shop-jo", Role::AccountManager).await;
    assert_eq!(seen(&world, &shop).await, json!({"title": "Rackwright", "accent": null, "logo": null}));
    let set = json!({"title": "Acme Hosting", "accent": "#17663A", "logo": png(1)});
    world.call(&acme, "brand.set", set).await.expect("is set");
    let shown = world.done("brand.set", json!({"account": "acme", "host": "panel.acme.example"})).await;
    assert_eq!((&shown["host"], &shown["accent"]), (&json!("panel.acme.example"), &json!("#17663a")));
    let look = seen(&world, &shop).await;
    assert_eq!(look["title"], "Acme Hosting");
    assert_eq!(seen(&world, &zeta).await["title"], "Rackwright");
    let logo =
        world.call(&Credential::None, "brand.logo", json!({"logo": look["logo"]})).await.expect("is there");
    assert_eq!(logo["png"], png(1));
    let by_host = async |host: &str| {
        world.call(&Credential::None, "brand.find", json!({"host": host})).await.expect("is public")["title"]
            .clone()
    };
    assert_eq!(
        (by_host("Panel.ACME.example").await, by_host("other.example").await),
        (json!("Acme Hosting"), json!("Rackwright"))
    );
    // What is left out stays, and the provider's own look is what others see.
    world.call(&acme, "brand.set", json!({"title": "Acme"})).await.expect("is set");
    assert_eq!(seen(&world, &acme).await["accent"], "#17663a");
    world.done("brand.set", json!({"title": "North Hosting"})).await;
    assert_eq!(
        (seen(&world, &zeta).await["title"].clone(), by_host("other.example").await),
        (json!("North Hosting"), json!("North Hosting"))
    );
    world.call(&acme, "brand.remove", json!({})).await.expect("is removed");
    assert_eq!(seen(&world, &shop).await["title"], "North Hosting");
    let refused = world.call(&acme, "brand.remove", json!({})).await.expect_err("nothing to remove");
    assert_eq!(refused.code, FaultCode::Conflict);
}

#[tokio::test]
async fn what_cannot_be_read_or_run_is_refused() {
    let world = World::new();
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    let big = BASE64.encode([b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 66_000]].concat());
    for (input, field) in [
        (json!({}), "title"),
        (json!({"accent": "#ffe14d"}), "accent"),
        (json!({"accent": "red"}), "accent"),
        (json!({"host": "localhost"}), "host"),
        (json!({"host": "192.0.2.7"}), "host"),
        (json!({"host": "a b.example"}), "host"),
        (json!({"logo": BASE64.encode("<svg onload=alert(1)>")}), "logo"),
        (json!({"logo": "***"}), "logo"),
        (json!({"logo": big}), "logo"),
    ] {
        let refused = world.call(&acme, "brand.set", input.clone()).await.expect_err("is refused");
        assert_eq!(refused.fields[0].field, field, "{input}: {refused}");
    }
    world.session_in("acme-shop", "acme-shop-jo", Role::AccountManager).await;
    let refused = world.call(&acme, "brand.set", json!({"account": "acme-shop", "title": "x"})).await;
    assert_eq!(refused.expect_err("a customer").code, FaultCode::Conflict);
    world.done("brand.set", json!({"title": "x", "host": "panel.example.com"})).await;
    let refused = world.refused("brand.set", json!({"account": "acme", "host": "panel.example.com"})).await;
    assert_eq!((refused.code, refused.reason.contains("in use")), (FaultCode::Conflict, true), "{refused}");
    let refused = world.call(&acme, "brand.set", json!({"host": "panel.acme.example"})).await;
    let refused = refused.expect_err("from above alone");
    assert_eq!((refused.code, refused.reason.contains("above")), (FaultCode::Conflict, true), "{refused}");
}
