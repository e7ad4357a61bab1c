//! What can be done with a private server in its present state.

use rackwright_catalog::actions::private_server::{PrivateServerDetail, PrivateServerView};
use rackwright_catalog::actions::session::SessionView;
use rackwright_model::private_server::{Power, PrivateServerState as S};
use rackwright_panel_kit::Button;
use serde_json::{Value, json};

/// Everything, for the page of the private server; the action itself has the last word.
pub fn of(detail: &PrivateServerDetail, who: &SessionView) -> Vec<Button> {
    let one = &detail.summary;
    let about = || json!({ "private_server": one.name });
    let button = |action: &str, icon: &'static str| Button::of(who, action, icon, about());
    if matches!(one.state, S::Removing | S::Moving) {
        return Vec::new();
    }
    let mut buttons = power(one, who);
    buttons.push(button("private-server.rebuild", "refresh"));
    buttons.push(resize(one, who));
    buttons.push(button("private-server.move", "arrows-exchange"));
    buttons.push(button("private-server.share", "folder-share"));
    if one.nas.is_some() {
        let known = json!({ "private_server": one.name, "priority": one.priority });
        buttons.push(Button::of(who, "private-server.prioritise", "sort-ascending-numbers", known));
    }
    buttons.push(button("private-server.clone", "copy"));
    buttons.push(button("private-server.rename", "edit"));
    buttons.push(if one.quarantine {
        button("private-server.release", "shield-check").map(Button::at_once)
    } else {
        button("private-server.quarantine", "barrier-block")
    });
    buttons.push(if one.suspended {
        button("private-server.resume", "player-play").map(Button::at_once)
    } else {
        button("private-server.suspend", "lock")
    });
    buttons.push(button("private-server.remove", "trash"));
    buttons.into_iter().flatten().collect()
}

/// What stands beside a private server in a list: power, and what it is looked into with.
pub fn of_a_row(one: &PrivateServerView, who: &SessionView) -> Vec<Button> {
    if matches!(one.state, S::Removing | S::Moving) {
        Vec::new()
    } else {
        power(one, who).into_iter().flatten().collect()
    }
}

fn power(one: &PrivateServerView, who: &SessionView) -> Vec<Option<Button>> {
    let button = |action: &str, icon: &'static str| {
        Button::of(who, action, icon, json!({ "private_server": one.name }))
    };
    match (one.suspended, one.power) {
        (true, _) => Vec::new(),
        (false, Power::Off) => {
            vec![button("private-server.start", "player-play").map(|button| button.at_once().first())]
        }
        (false, Power::On) => {
            // What was not made yet cannot be stopped in good order and started again.
            let reboot =
                button("private-server.reboot", "rotate-clockwise").filter(|_| one.state != S::Creating);
            vec![reboot, button("private-server.stop", "player-stop")]
        }
    }
}

/// The form begins with the size that it has.
fn resize(one: &PrivateServerView, who: &SessionView) -> Option<Button> {
    let known = json!({ "private_server": one.name, "size": one.size });
    let mut button = Button::of(who, "private-server.resize", "resize", known)?;
    button.known.retain(|(name, _)| name != "size");
    let size = json!(one.size);
    let fields = size.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    button.known.extend(fields.map(|(name, value)| (format!("size.{name}"), text(value))));
    Some(button)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
