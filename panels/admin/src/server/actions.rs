//! What can be done with a server in its present state.

use rackwright_catalog::actions::server::ServerDetail;
use rackwright_catalog::actions::session::SessionView;
use rackwright_model::{ServerEvent, ServerState};
use rackwright_panel_kit::Button;
use rackwright_panel_kit::messages::tell;
use serde::Serialize;
use serde_json::{Value, json};

/// Buttons, each with the command that does the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActionsView {
    /// Address of this part, and what makes the browser fetch it again.
    pub part: String,
    pub trigger: String,
    /// What is said where nothing can be done.
    pub nothing: String,
    pub buttons: Vec<Button>,
}

impl ActionsView {
    /// The actions that make sense now and that the person may take; the action itself has the last word.
    #[must_use]
    pub fn of(detail: &ServerDetail, who: &SessionView) -> Self {
        let server = &detail.summary;
        let can = |event: ServerEvent| server.state.apply(event).is_ok();
        let button = |action: &str, icon: &'static str, more: Value| {
            let mut known = json!({ "server": server.name });
            if let (Some(known), Some(more)) = (known.as_object_mut(), more.as_object()) {
                known.extend(more.clone());
            }
            Button::of(who, action, icon, known)
        };
        let mut buttons = Vec::new();
        if server.state == ServerState::Discovered {
            buttons.push(button("server.accept", "check", json!({})).map(|button| button.at_once().first()));
        }
        if can(ServerEvent::Install) {
            let again = server.state.holds_a_system();
            let profile =
                server.profile.as_ref().map_or_else(|| json!({}), |profile| json!({ "profile": profile }));
            let install = button("server.install", "download", profile);
            buttons.push(install.map(|button| {
                if again {
                    button.labelled(&tell("button-reinstall"))
                } else {
                    first_of(button, server.state)
                }
            }));
        }
        if let Some(job) = server.job {
            buttons.push(
                Button::of(who, "job.cancel", "player-stop", json!({ "job": job }))
                    .map(|button| button.labelled(&tell("button-cancel-job"))),
            );
        }
        if server.state == ServerState::Unreachable && detail.failover.is_some() {
            buttons.push(button("server.confirm-dead", "skull", json!({})));
        }
        if server.state == ServerState::Online {
            buttons.push(button("server.reboot", "rotate-clockwise", json!({})));
        }
        if detail.bmc.is_some() {
            for (label, order, icon) in [
                ("button-power-on", "on", "bolt"),
                ("button-power-off", "off", "power"),
                ("button-power-cycle", "cycle", "refresh"),
            ] {
                let power = button("server.power", icon, json!({ "order": order }))
                    .map(|button| button.labelled(&tell(label)));
                buttons.push(power.map(|button| if order == "on" { button.at_once() } else { button }));
            }
        }
        buttons.push(button("server.rename", "edit", json!({})));
        buttons.push(button("server.set-bmc", "plug", json!({})));
        buttons.push(button("server.assign", "building", json!({})));
        if can(ServerEvent::Retire) {
            buttons.push(button("server.retire", "archive", json!({})));
        }
        if !matches!(
            server.state,
            ServerState::Online | ServerState::Installing | ServerState::Rescuing | ServerState::Wiping
        ) {
            buttons.push(button("server.remove", "trash", json!({})));
        }
        let name = &server.name;
        Self {
            part: format!("/parts/server/{name}/actions"),
            trigger: format!("sse:state-{name}, sse:job-{name}, sse:sync"),
            nothing: tell("server-actions-none"),
            buttons: buttons.into_iter().flatten().collect(),
        }
    }
}

/// Installing is what comes next for a machine that waits for it.
fn first_of(button: Button, state: ServerState) -> Button {
    if matches!(state, ServerState::Ready | ServerState::Failed) { button.first() } else { button }
}
