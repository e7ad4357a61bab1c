//! A transport that answers with the catalogue's samples and writes down what was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rackwright_catalog::{Fault, FaultCode, Permission, entry};
use rackwright_client::{Answer, Caller, Credential, Transport};
use serde_json::{Value, json};

type Reply = Box<dyn Fn(&Value) -> Result<Value, Fault> + Send + Sync>;

/// What was asked: by whom, which action, with what.
#[derive(Debug, Clone)]
pub struct Intent {
    pub caller: Caller,
    pub action: String,
    pub input: Value,
}

#[derive(Default)]
pub struct Fake {
    replies: Mutex<HashMap<String, Reply>>,
    intents: Mutex<Vec<Intent>>,
}

pub const CREDENTIAL: &str = "rws_good";

impl Fake {
    pub fn new() -> Arc<Self> {
        let fake = Arc::new(Self::default());
        fake.on("session.open", |_| {
            let mut opened = (entry("session.open").expect("in the catalogue").sample_output)();
            opened["session"] = json!(CREDENTIAL);
            Ok(opened)
        });
        fake
    }

    /// Answer `action` like this from now on.
    pub fn on(&self, action: &str, reply: impl Fn(&Value) -> Result<Value, Fault> + Send + Sync + 'static) {
        self.replies.lock().expect("not poisoned").insert(action.to_owned(), Box::new(reply));
    }

    /// What was asked of `action`.
    pub fn intents(&self, action: &str) -> Vec<Intent> {
        self.intents
            .lock()
            .expect("not poisoned")
            .iter()
            .filter(|intent| intent.action == action)
            .cloned()
            .collect()
    }

    fn reply(&self, caller: &Caller, action: &str, input: &Value) -> Result<Value, Fault> {
        let signed_in = caller.credential == Credential::Bearer(CREDENTIAL.into());
        let public = entry(action).is_some_and(|entry| entry.spec.permission == Permission::Public);
        if !public && !signed_in {
            return Err(Fault::new(FaultCode::NotSignedIn, action, "no session", "Sign in."));
        }
        self.intents.lock().expect("not poisoned").push(Intent {
            caller: caller.clone(),
            action: action.to_owned(),
            input: input.clone(),
        });
        match self.replies.lock().expect("not poisoned").get(action) {
            Some(reply) => reply(input),
            None => Ok((entry(action).expect("in the catalogue").sample_output)()),
        }
    }
}

impl Transport for Fake {
    fn call<'a>(&'a self, caller: &'a Caller, action: &'a str, input: Value) -> Answer<'a> {
        Box::pin(async move {
            let wait = input.get("wait_s").and_then(Value::as_u64).unwrap_or(0);
            match action {
                "server.watch" if wait > 0 => tokio::time::sleep(Duration::from_millis(700)).await,
                "private-server.console-read" => tokio::time::sleep(Duration::from_millis(40)).await,
                _ => {}
            }
            self.reply(caller, action, &input)
        })
    }
}
