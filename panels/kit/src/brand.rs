//! White label: the colour of the panel as a style sheet, its logo as a picture, and the look of the page on which one signs
//! in, which is found by the host name that the browser asked for.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rackwright_catalog::actions::brand::{BrandFace, BrandFind, BrandFindInput, BrandLogo, BrandLogoInput};
use rackwright_client::Credential;
use rackwright_model::Colour;
use serde::{Deserialize, Serialize};

use crate::panel::Panel;

/// Both are named by their content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// What templates draw of a brand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrandView {
    pub title: String,
    /// Address of the style sheet; empty for the product's own colours.
    pub sheet: String,
    /// Address of the logo; empty for the product's own.
    pub logo: String,
}

impl From<&BrandFace> for BrandView {
    fn from(face: &BrandFace) -> Self {
        let digits = |colour: Colour| colour.to_string().trim_start_matches('#').to_owned();
        Self {
            title: face.title.clone(),
            sheet: face
                .accent
                .map(|colour| format!("/brand.css?accent={}", digits(colour)))
                .unwrap_or_default(),
            logo: face.logo.as_ref().map(|hash| format!("/brand/{hash}")).unwrap_or_default(),
        }
    }
}

/// The look that belongs to the host name of a request; the product's own when it cannot be had.
pub async fn of_host(panel: &Panel, headers: &HeaderMap) -> BrandView {
    let host = headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name).chars().take(253).collect();
    let found = panel.client(Credential::None, None).call::<BrandFind>(BrandFindInput { host }).await;
    BrandView::from(&found.unwrap_or_default())
}

#[derive(Debug, Deserialize)]
pub struct Accent {
    accent: String,
}

/// `GET /brand.css?accent=0a57c2`
pub async fn sheet(Query(query): Query<Accent>) -> Response {
    let Ok(accent) = format!("#{}", query.accent).parse::<Colour>() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // In the dark, the colour is lightened so that it can be read on the page.
    let text = format!(
        ":root{{--brand:{accent};--brand-deep:color-mix(in srgb,{accent} 82%,#000);--accent:{accent};\
         --accent-soft:color-mix(in srgb,{accent} 11%,#fff)}}\
         [data-bs-theme=\"dark\"]{{--accent:color-mix(in srgb,{accent} 40%,#fff);\
         --accent-soft:color-mix(in srgb,{accent} 30%,#10161e)}}"
    );
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, FOR_EVER)], text).into_response()
}

/// `GET /brand/HASH`
pub async fn logo(State(panel): State<Arc<Panel>>, Path(logo): Path<String>) -> Response {
    let found = panel.client(Credential::None, None).call::<BrandLogo>(BrandLogoInput { logo }).await;
    match found.ok().and_then(|view| BASE64.decode(view.png).ok()) {
        Some(png) => ([(CONTENT_TYPE, "image/png"), (CACHE_CONTROL, FOR_EVER)], png).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
