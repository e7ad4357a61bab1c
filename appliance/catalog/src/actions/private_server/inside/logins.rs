//! Users of a private server itself: not of this Control Center.

use rackwright_model::private_server::inside::{Login, LoginName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OnePrivateServer, action, inside, one, sample_name, text};
use crate::actions::{Done, Page};

inside! {
    OneLogin {
        /// A user inside.
        pub login: LoginName,
    }
}

inside! {
    PrivateServerLoginAddInput {
        pub login: LoginName,
        /// Groups beside its own, such as sudo.
        #[serde(default)]
        #[schemars(length(max = 32))]
        pub groups: Vec<LoginName>,
        /// Without one it is let in by a key only.
        #[schemars(length(min = 10, max = 256), extend("x-secret" = true))]
        pub password: Option<String>,
    }
}

inside! {
    PrivateServerLoginRemoveInput {
        #[schemars(extend("x-confirmed" = true))]
        pub login: LoginName,
        /// Destroy its home as well.
        #[serde(default)]
        pub files: bool,
        /// Repeat its name to confirm.
        pub confirm: Option<LoginName>,
    }
}

inside! {
    PrivateServerLoginPasswordInput {
        pub login: LoginName,
        /// At least 10 characters.
        #[schemars(length(min = 10, max = 256), extend("x-secret" = true))]
        pub password: String,
    }
}

inside! {
    PrivateServerLoginGroupsInput {
        pub login: LoginName,
        /// All groups that it is in, beside its own.
        #[serde(default)]
        #[schemars(length(max = 32))]
        pub groups: Vec<LoginName>,
    }
}

inside! {
    PrivateServerLoginSetKeysInput {
        pub login: LoginName,
        /// All SSH keys that let it in, one a line, as in authorized_keys.
        #[schemars(length(max = 32_768), extend("x-multiline" = true))]
        pub keys: String,
    }
}

/// SSH keys that let somebody in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoginKeys {
    pub keys: Vec<String>,
}

fn login() -> LoginName {
    text("bob")
}

fn keys() -> LoginKeys {
    LoginKeys { keys: vec!["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFakeKeyForSamplesOnly bob@laptop".into()] }
}

action! {
    PrivateServerLoginList, "private-server.login-list", "Users", "List the users inside a private server.", Inside, Read,
    OnePrivateServer => Page<Login>, main "private_server", columns ["login", "uid", "full_name", "groups", "home", "shell"];
    one();
    Page::whole(vec![Login {
        login: "bob".into(),
        uid: 1000,
        system: false,
        full_name: String::new(),
        home: "/home/bob".into(),
        shell: "/bin/bash".into(),
        groups: vec!["sudo".into()],
        has_password: true,
    }])
}

action! {
    PrivateServerLoginAdd, "private-server.login-add", "Add user", "Make a user with a home inside a private server.", Inside, Change,
    PrivateServerLoginAddInput => Done, main "private_server";
    PrivateServerLoginAddInput {
        private_server: sample_name("web1"), login: login(), groups: vec![text("sudo")], password: Some("correct horse battery".into()),
    };
    Done::new("bob is a user of web1 now.")
}

action! {
    PrivateServerLoginRemove, "private-server.login-remove", "Remove user", "Remove a user inside a private server.", Inside, Destroy,
    PrivateServerLoginRemoveInput => Done, main "private_server";
    PrivateServerLoginRemoveInput { private_server: sample_name("web1"), login: login(), files: false, confirm: Some(login()) };
    Done::new("bob is removed from web1.")
}

action! {
    PrivateServerLoginPassword, "private-server.login-password", "Set password", "Set the password of a user inside a private server.",
    Inside, Change,
    PrivateServerLoginPasswordInput => Done, main "private_server";
    PrivateServerLoginPasswordInput { private_server: sample_name("web1"), login: login(), password: "correct horse battery".into() };
    Done::new("bob has the new password.")
}

action! {
    PrivateServerLoginGroups, "private-server.login-groups", "Set groups", "Say which groups a user inside a private server is in.",
    Inside, Change,
    PrivateServerLoginGroupsInput => Done, main "private_server";
    PrivateServerLoginGroupsInput { private_server: sample_name("web1"), login: login(), groups: vec![text("sudo")] };
    Done::new("bob is in these groups: sudo.")
}

action! {
    PrivateServerLoginKeys, "private-server.login-keys", "SSH keys", "List the SSH keys that let a user into a private server.",
    Inside, Read,
    OneLogin => LoginKeys, main "private_server";
    OneLogin { private_server: sample_name("web1"), login: login() };
    keys()
}

action! {
    PrivateServerLoginSetKeys, "private-server.login-set-keys", "Set SSH keys",
    "Say which SSH keys let a user into a private server; all others let nobody in any more.", Inside, Change,
    PrivateServerLoginSetKeysInput => LoginKeys, main "private_server";
    PrivateServerLoginSetKeysInput { private_server: sample_name("web1"), login: login(), keys: keys().keys.join("\n") };
    keys()
}
