//! Behind the doors, somebody who writes down what is asked and answers with the catalogue's samples.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use rackwright_catalog::{Action, Fault, Handle, dispatch};
use rackwright_client::{Answer, Caller, Transport};
use serde_json::Value;

/// An action and its input as the handler got it: checked, with every default filled in.
pub type Intent = (&'static str, Value);

#[derive(Default)]
pub struct Recorder {
    intents: Mutex<Vec<Intent>>,
    answers: Mutex<HashMap<&'static str, Value>>,
}

impl Recorder {
    /// What was asked since the last time.
    pub fn take(&self) -> Vec<Intent> {
        std::mem::take(&mut self.intents.lock().expect("no panic"))
    }

    /// Answer the action like this, not with its sample.
    pub fn answer(&self, action: &'static str, output: Value) {
        self.answers.lock().expect("no panic").insert(action, output);
    }

    /// What was asked of this action since the last time that anything was asked for.
    pub fn take_of(&self, action: &str) -> Vec<Value> {
        self.take().into_iter().filter(|(name, _)| *name == action).map(|(_, input)| input).collect()
    }
}

impl<A: Action> Handle<A, Caller> for Recorder {
    async fn handle(&self, _: &Caller, input: A::Input) -> Result<A::Output, Fault> {
        let input = serde_json::to_value(input).expect("JSON");
        self.intents.lock().expect("no panic").push((A::SPEC.name, input));
        Ok(A::sample_output())
    }
}

impl Transport for Recorder {
    fn call<'a>(&'a self, caller: &'a Caller, action: &'a str, input: Value) -> Answer<'a> {
        Box::pin(async move {
            let output = dispatch(self, caller, action, input).await?;
            Ok(self.answers.lock().expect("no panic").get(action).cloned().unwrap_or(output))
        })
    }
}

pub fn recorder() -> (Arc<Recorder>, Arc<dyn Transport>) {
    let recorder = Arc::<Recorder>::default();
    (Arc::clone(&recorder), recorder)
}
