//! `/roles`: what each role allows, as a matrix.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::Permission;
use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::role::{RoleList, RoleView};
use rackwright_panel_kit::messages::{of_catalogue, tell};
use rackwright_panel_kit::{Crumb, Heading, Panel, Session, Shell, refusal};
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
struct Matrix {
    columns: Vec<&'static str>,
    rows: Vec<Row>,
}

/// One permission, with a mark per role.
#[derive(Debug, Clone, Serialize)]
struct Row {
    word: &'static str,
    summary: String,
    marks: Vec<bool>,
}

pub async fn matrix(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    let shell = Shell::around(&panel, &session, &headers);
    let (shell, roles) = match tokio::try_join!(shell, session.client.call::<RoleList>(Nothing {})) {
        Ok((shell, page)) => (shell, page.items),
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let heading = Heading {
        title: tell("menu-roles"),
        crumbs: vec![Crumb::new(tell("menu-roles"), "")],
        help: tell("page-roles"),
        buttons: Vec::new(),
        lines: vec!["rackwright role list".into()],
    };
    panel.page(StatusCode::OK, "roles.html", &shell.page(heading, view(&roles)))
}

fn view(roles: &[RoleView]) -> Matrix {
    let seen = |permission: &Permission| roles.iter().any(|role| role.permissions.contains(permission));
    let rows = Permission::GRANTED.into_iter().filter(seen).map(|permission| Row {
        word: permission.word(),
        summary: of_catalogue(permission.summary()).into_owned(),
        marks: roles.iter().map(|role| role.permissions.contains(&permission)).collect(),
    });
    Matrix { columns: roles.iter().map(|role| role.role.word()).collect(), rows: rows.collect() }
}
