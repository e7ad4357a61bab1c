//! The lifecycle as a picture: every state, the present one lit, and what can come next.

use rackwright_model::{ServerEvent, ServerState};
use rackwright_panel_kit::icon::of_state;
use rackwright_panel_kit::messages::{of_catalogue, tell};
use serde::Serialize;

/// A state in the picture; positions are in the units of its drawing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Node {
    pub word: &'static str,
    pub x: u32,
    pub y: u32,
    /// `now`, `next` or empty.
    pub place: &'static str,
}

/// The picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LifecycleView {
    pub word: &'static str,
    pub tone: &'static str,
    pub nodes: Vec<Node>,
    /// What can happen from here, such as "be retired", and the state after it.
    pub next: Vec<(String, &'static str)>,
    /// The same as it is told: the states, and the events with their states.
    pub states: String,
    pub verbs: String,
}

/// Where each state stands. States of work that nothing leads to yet stand with what they lead back to.
const PLACES: [(ServerState, u32, u32); 9] = [
    (ServerState::Discovered, 55, 24),
    (ServerState::Ready, 165, 24),
    (ServerState::Installing, 275, 24),
    (ServerState::Online, 385, 24),
    (ServerState::Retired, 55, 92),
    (ServerState::Failed, 275, 92),
    (ServerState::Unreachable, 385, 92),
    (ServerState::Rescuing, 165, 92),
    (ServerState::Wiping, 165, 92),
];

const EVENTS: [ServerEvent; 8] = [
    ServerEvent::Accept,
    ServerEvent::Install,
    ServerEvent::InstallDone,
    ServerEvent::InstallFailed,
    ServerEvent::Silent,
    ServerEvent::Heard,
    ServerEvent::Retire,
    ServerEvent::Return,
];

impl LifecycleView {
    #[must_use]
    pub fn of(now: ServerState) -> Self {
        let next: Vec<(ServerEvent, ServerState)> = EVENTS
            .into_iter()
            .filter_map(|event| Some((event, now.apply(event).ok()?)))
            .filter(|(_, state)| *state != now)
            .collect();
        let shown = |state: ServerState| {
            state == now || !matches!(state, ServerState::Rescuing | ServerState::Wiping)
        };
        let nodes = PLACES.into_iter().filter(|(state, _, _)| shown(*state)).map(|(state, x, y)| Node {
            word: state.word(),
            x,
            y,
            place: if state == now {
                "now"
            } else if next.iter().any(|(_, after)| *after == state) {
                "next"
            } else {
                ""
            },
        });
        let after = |state: ServerState| tell(&format!("state-{}", state.word()));
        let states: Vec<String> = next.iter().map(|(_, state)| after(*state)).collect();
        let verbs: Vec<String> = next
            .iter()
            .map(|(event, state)| format!("{} ({})", of_catalogue(event.verb()), after(*state)))
            .collect();
        Self {
            states: states.join(", "),
            verbs: verbs.join(", "),
            word: now.word(),
            tone: of_state(now.word()).1.class(),
            nodes: nodes.collect(),
            next: next.into_iter().map(|(event, state)| (event.verb().to_owned(), state.word())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_lit_once_when_it_is_the_present_one() {
        for state in ServerState::ALL {
            let view = LifecycleView::of(state);
            let lit: Vec<&Node> = view.nodes.iter().filter(|node| node.place == "now").collect();
            assert_eq!(lit.len(), 1, "{state:?}");
            assert_eq!(lit[0].word, state.word());
        }
    }

    #[test]
    fn an_online_server_can_fall_silent_or_be_retired() {
        let view = LifecycleView::of(ServerState::Online);
        let next: Vec<&str> = view.next.iter().map(|(_, word)| *word).collect();
        assert_eq!(next, ["installing", "unreachable", "retired"]);
    }
}
