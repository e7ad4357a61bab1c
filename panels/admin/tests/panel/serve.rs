//! The panel on loopback, for a browser: `PANEL_PORT=8099 cargo test -p rackwright-panel-admin --test panel serve -- --ignored`

use std::sync::Arc;
use std::time::Duration;

use crate::fake::Fake;
use crate::scene;

#[tokio::test]
#[ignore = "serves until it is stopped or PANEL_SECONDS are over"]
async fn serve() {
    let setting = |name: &str, default: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let fake = Fake::new();
    scene::set(&fake);
    let router = rackwright_panel_admin::router(Arc::clone(&fake) as _);
    let port = setting("PANEL_PORT", 8099);
    let listener =
        tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await.expect("the port is free");
    println!("http://localhost:{port}");
    let serving = axum::serve(listener, router);
    let over =
        tokio::time::timeout(Duration::from_secs(setting("PANEL_SECONDS", 3600)), serving.into_future())
            .await;
    assert!(over.is_err(), "the panel stopped serving: {over:?}");
}
