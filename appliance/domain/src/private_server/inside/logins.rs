//! `private-server login-…`: users of a private server itself.

use rackwright_catalog::actions::private_server::OnePrivateServer;
use rackwright_catalog::actions::private_server::inside::{
    LoginKeys, OneLogin, PrivateServerLoginAdd, PrivateServerLoginAddInput, PrivateServerLoginGroups,
    PrivateServerLoginGroupsInput, PrivateServerLoginKeys, PrivateServerLoginList,
    PrivateServerLoginPassword, PrivateServerLoginPasswordInput, PrivateServerLoginRemove,
    PrivateServerLoginRemoveInput, PrivateServerLoginSetKeys, PrivateServerLoginSetKeysInput,
};
use rackwright_catalog::actions::{Done, Page};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_model::private_server::inside::{Answer, Login, LoginName, Work};

use super::taken;
use crate::refusal::confirmed;
use crate::{Caller, Domain};

impl Handle<PrivateServerLoginList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OnePrivateServer) -> Result<Page<Login>, Fault> {
        let attempted = format!("list the users in {}", input.private_server);
        let answer = self.inside(caller, &input.private_server, &attempted, Work::Logins).await?;
        taken!(answer, Answer::Logins(logins) => Page::whole(logins), &attempted)
    }
}

impl Handle<PrivateServerLoginAdd, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerLoginAddInput) -> Result<Done, Fault> {
        let PrivateServerLoginAddInput { private_server, login, groups, password } = input;
        let attempted = format!("add the user {login} to {private_server}");
        let said = format!("{login} is a user of {private_server} now.");
        plain(password.as_deref(), &attempted)?;
        let work = Work::AddLogin { login, groups, password };
        let answer = self.inside(caller, &private_server, &attempted, work).await?;
        taken!(answer, Answer::Done => Done::new(said), &attempted)
    }
}

impl Handle<PrivateServerLoginRemove, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerLoginRemoveInput) -> Result<Done, Fault> {
        let PrivateServerLoginRemoveInput { private_server, login, files, confirm } = input;
        let attempted = format!("remove the user {login} from {private_server}");
        let reason =
            if files { "it would be removed, and its files destroyed" } else { "it would be removed" };
        if let Err(fault) = confirmed(&attempted, reason, "confirm", &login, confirm.as_ref()) {
            self.running_private_server(caller, &private_server, &attempted).await?;
            return Err(fault);
        }
        let said = format!("{login} is removed from {private_server}.");
        let answer =
            self.inside(caller, &private_server, &attempted, Work::RemoveLogin { login, files }).await?;
        taken!(answer, Answer::Done => Done::new(said), &attempted)
    }
}

impl Handle<PrivateServerLoginPassword, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerLoginPasswordInput) -> Result<Done, Fault> {
        let PrivateServerLoginPasswordInput { private_server, login, password } = input;
        let attempted = format!("set the password of {login} in {private_server}");
        let said = format!("{login} has the new password.");
        plain(Some(&password), &attempted)?;
        let work = Work::SetPassword { login, password };
        let answer = self.inside(caller, &private_server, &attempted, work).await?;
        taken!(answer, Answer::Done => Done::new(said), &attempted)
    }
}

impl Handle<PrivateServerLoginGroups, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerLoginGroupsInput) -> Result<Done, Fault> {
        let PrivateServerLoginGroupsInput { private_server, login, groups } = input;
        let attempted = format!("set the groups of {login} in {private_server}");
        let names: Vec<&str> = groups.iter().map(LoginName::as_str).collect();
        let said = if names.is_empty() {
            format!("{login} is in its own group only.")
        } else {
            format!("{login} is in these groups: {}.", names.join(", "))
        };
        let work = Work::SetGroups { login, groups };
        let answer = self.inside(caller, &private_server, &attempted, work).await?;
        taken!(answer, Answer::Done => Done::new(said), &attempted)
    }
}

impl Handle<PrivateServerLoginKeys, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OneLogin) -> Result<LoginKeys, Fault> {
        let attempted = format!("list the SSH keys of {} in {}", input.login, input.private_server);
        let work = Work::Keys { login: input.login };
        let answer = self.inside(caller, &input.private_server, &attempted, work).await?;
        taken!(answer, Answer::Keys(keys) => LoginKeys { keys }, &attempted)
    }
}

impl Handle<PrivateServerLoginSetKeys, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        input: PrivateServerLoginSetKeysInput,
    ) -> Result<LoginKeys, Fault> {
        let attempted = format!("set the SSH keys of {} in {}", input.login, input.private_server);
        let keys: Vec<String> =
            input.keys.lines().map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned).collect();
        let work = Work::SetKeys { login: input.login, keys };
        let answer = self.inside(caller, &input.private_server, &attempted, work).await?;
        taken!(answer, Answer::Keys(keys) => LoginKeys { keys }, &attempted)
    }
}

/// That a password fits on one line.
fn plain(password: Option<&str>, attempted: &str) -> Result<(), Fault> {
    if password.is_some_and(|password| password.chars().any(char::is_control)) {
        let problem = FieldProblem::new("password", "cannot hold control characters");
        return Err(Fault::invalid(attempted, vec![problem]));
    }
    Ok(())
}
