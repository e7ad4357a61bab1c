//! A door behind which every action answers its sample, and a way to knock without a network.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use rackwright_catalog::{Action, Fault, Handle, dispatch, entry};
use rackwright_client::{Answer, Caller, Transport};
use serde_json::Value;
use tower::ServiceExt;

/// What a call was.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub caller: Caller,
    pub action: String,
    pub input: Value,
}

/// Answers samples, unless told what to answer instead.
#[derive(Default)]
pub struct Fake {
    pub calls: Mutex<Vec<Call>>,
    /// Answers to give first, oldest first.
    pub script: Mutex<VecDeque<Result<Value, Fault>>>,
    /// Wait for ever when the script is over.
    pub then_wait: bool,
}

struct Samples;

impl<A: Action> Handle<A, Caller> for Samples {
    async fn handle(&self, _caller: &Caller, _input: A::Input) -> Result<A::Output, Fault> {
        Ok(A::sample_output())
    }
}

impl Transport for Fake {
    fn call<'a>(&'a self, caller: &'a Caller, action: &'a str, input: Value) -> Answer<'a> {
        let call = Call { caller: caller.clone(), action: action.to_owned(), input: input.clone() };
        self.calls.lock().expect("no panic").push(call);
        let next = self.script.lock().expect("no panic").pop_front();
        Box::pin(async move {
            match next {
                Some(answer) => answer,
                None if self.then_wait => std::future::pending().await,
                // The samples of the catalogue, with what a Control Center adds to them.
                None => dispatch(&Samples, caller, action, input)
                    .await
                    .map(|_| (entry(action).expect("in the catalogue").sample_output)()),
            }
        })
    }
}

impl Fake {
    pub fn answering(answers: impl IntoIterator<Item = Result<Value, Fault>>) -> Arc<Self> {
        Arc::new(Self {
            script: Mutex::new(answers.into_iter().collect()),
            then_wait: true,
            ..Self::default()
        })
    }

    pub fn called(&self) -> Vec<Call> {
        self.calls.lock().expect("no panic").clone()
    }
}

/// What came back.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn fault(&self) -> Fault {
        serde_json::from_value(self.json()).expect("a fault")
    }
}

pub async fn knock(door: &Arc<Fake>, request: Request<Body>) -> Reply {
    let router = rackwright_api::router(Arc::clone(door) as Arc<dyn Transport>);
    let response = router.oneshot(request).await.expect("routers answer");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a body").to_bytes().to_vec();
    Reply { status: parts.status, headers: parts.headers, body }
}

pub fn post(path: &str, body: &Value) -> Request<Body> {
    Request::post(path)
        .header("content-type", "application/json")
        .header("authorization", "Bearer rwt_sample")
        .body(Body::from(body.to_string()))
        .expect("a request")
}

/// Run a story that must end.
pub fn story(story: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let limit = std::time::Duration::from_secs(60);
    runtime.block_on(async { tokio::time::timeout(limit, story).await }).expect("the story came to its end");
}
