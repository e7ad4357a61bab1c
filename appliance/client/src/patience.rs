//! Calls that are made again while what should answer is away for a while.

use std::time::Duration;

use rackwright_catalog::{Action, Fault};

use crate::Client;

/// Between two tries.
const PAUSE: Duration = Duration::from_secs(1);
/// How often a call is made.
const TRIES: u32 = 60;

impl Client {
    /// Carry out an action, again each second for a minute while the Control Center, or who should answer it, is away or has
    /// its hands full. For pieces of long work, which may be asked for twice.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn call_patiently<A: Action>(&self, input: A::Input) -> Result<A::Output, Fault>
    where
        A::Input: Clone,
    {
        for _ in 1..TRIES {
            match self.call::<A>(input.clone()).await {
                Err(fault) if fault.mends_itself() => tokio::time::sleep(PAUSE).await,
                settled => return settled,
            }
        }
        self.call::<A>(input).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use rackwright_catalog::FaultCode;
    use rackwright_catalog::actions::private_server::inside::PrivateServerFileRead;
    use serde_json::Value;

    use super::*;
    use crate::{Answer, Caller, Credential, Origin, Transport};

    /// Answers with this fault so often, and then as the catalogue has it.
    struct Away {
        code: FaultCode,
        times: AtomicU32,
    }

    impl Transport for Away {
        fn call<'a>(&'a self, _: &'a Caller, _: &'a str, _: Value) -> Answer<'a> {
            let away =
                self.times.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            let answer = match away {
                Ok(_) => Err(Fault::new(self.code, "read a file", "its server does not answer", "")),
                Err(_) => {
                    Ok(serde_json::to_value(PrivateServerFileRead::sample_output()).expect("an output"))
                }
            };
            Box::pin(async move { answer })
        }
    }

    async fn read(code: FaultCode, times: u32) -> Result<(), FaultCode> {
        let away = Arc::new(Away { code, times: times.into() });
        let client = Client::new(away, Caller::new(Credential::None, Origin::Cli));
        let input = PrivateServerFileRead::sample_input();
        client.call_patiently::<PrivateServerFileRead>(input).await.map(drop).map_err(|fault| fault.code)
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_back_is_waited_for() {
        assert_eq!(read(FaultCode::Unavailable, 5).await, Ok(()));
        assert_eq!(read(FaultCode::TimedOut, TRIES - 1).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_mend_itself_is_told_at_once() {
        assert_eq!(read(FaultCode::NotFound, 1).await, Err(FaultCode::NotFound));
        assert_eq!(read(FaultCode::Unavailable, TRIES).await, Err(FaultCode::Unavailable));
    }
}
