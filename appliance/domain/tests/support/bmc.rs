//! A BMC that remembers what it was told.

use std::sync::Mutex;

use rackwright_domain::ports::{Bmc, BmcAccess, BmcError, BootDevice, Later, Power};

/// One call of a BMC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BmcCall {
    IsOn,
    Power(Power),
    BootOnce { from: BootDevice, uefi: bool },
}

/// Does as it is told, at whatever address, until it is told to fail.
#[derive(Default)]
pub struct FakeBmc {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    on: bool,
    calls: Vec<BmcCall>,
    passwords: Vec<String>,
    failure: Option<String>,
    stuck: bool,
}

impl FakeBmc {
    /// From now on answer every call with this error, or work again.
    pub fn fail(&self, with: Option<&str>) {
        self.state.lock().expect("whole").failure = with.map(str::to_owned);
    }

    /// Somebody presses the button of the machine.
    pub fn turn(&self, on: bool) {
        self.state.lock().expect("whole").on = on;
    }

    /// From now on orders are taken and not carried out.
    pub fn stuck(&self) {
        self.state.lock().expect("whole").stuck = true;
    }

    /// Whether the machine is on.
    pub fn is_running(&self) -> bool {
        self.state.lock().expect("whole").on
    }

    /// The calls since the last time this was asked.
    pub fn take_calls(&self) -> Vec<BmcCall> {
        std::mem::take(&mut self.state.lock().expect("whole").calls)
    }

    /// The passwords it was opened with, in order.
    pub fn passwords(&self) -> Vec<String> {
        self.state.lock().expect("whole").passwords.clone()
    }

    fn answer<T: Send + 'static>(
        &self,
        at: &BmcAccess,
        call: BmcCall,
        work: impl FnOnce(&mut State) -> T,
    ) -> Later<'static, Result<T, BmcError>> {
        let mut state = self.state.lock().expect("whole");
        state.calls.push(call);
        state.passwords.push(at.password.clone());
        let result = match state.failure.clone() {
            Some(failure) => Err(BmcError(failure)),
            None => Ok(work(&mut state)),
        };
        Box::pin(std::future::ready(result))
    }
}

impl Bmc for FakeBmc {
    fn is_on<'a>(&'a self, at: &'a BmcAccess) -> Later<'a, Result<bool, BmcError>> {
        self.answer(at, BmcCall::IsOn, |state| state.on)
    }

    fn power<'a>(&'a self, at: &'a BmcAccess, order: Power) -> Later<'a, Result<(), BmcError>> {
        self.answer(at, BmcCall::Power(order), |state| {
            if !state.stuck {
                state.on = matches!(order, Power::On | Power::Cycle);
            }
        })
    }

    fn boot_once<'a>(
        &'a self,
        at: &'a BmcAccess,
        from: BootDevice,
        uefi: bool,
    ) -> Later<'a, Result<(), BmcError>> {
        self.answer(at, BmcCall::BootOnce { from, uefi }, |_| ())
    }
}
