//! What people meet at the panel's address: the API, and the panel around it.

use std::sync::Arc;

use axum::Router;
use rackwright_client::Transport;

/// The API and the panel over `transport`. Whatever is not the API's is the panel's.
pub fn app(transport: &Arc<dyn Transport>) -> Router {
    rackwright_api::router(Arc::clone(transport)).merge(rackwright_panel_admin::router(Arc::clone(transport)))
}
