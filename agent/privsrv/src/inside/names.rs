//! Users and groups as the private server names them: passwd(5), group(5), shadow(5). Lines that are none are passed over.

use std::collections::HashMap;

use rackwright_model::private_server::USERS;
use rackwright_model::private_server::inside::{Login, WorkFailure};

use super::tree::Tree;

/// Bytes that are read of each of the files.
const MOST: u64 = 1 << 20;
/// Users that are listed.
const LOGINS: usize = 500;
/// Numbers that login.defs(5) gives to people.
const PEOPLE: std::ops::Range<u32> = 1_000..60_000;
/// Letters of a field that is shown.
const FIELD: usize = 64;

/// Names of numbers.
pub struct Names {
    users: HashMap<u32, String>,
    groups: HashMap<u32, String>,
}

/// A line of passwd(5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
    full_name: String,
    pub home: String,
    shell: String,
}

/// A line of group(5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub name: String,
    pub gid: u32,
    pub members: Vec<String>,
}

impl Names {
    pub fn of(tree: &Tree) -> Self {
        let mut names = Self { users: HashMap::new(), groups: HashMap::new() };
        // The first line counts, as it does for programs inside.
        for user in users(tree) {
            names.users.entry(user.uid).or_insert(user.name);
        }
        for group in groups(tree) {
            names.groups.entry(group.gid).or_insert(group.name);
        }
        names
    }

    pub fn user(&self, uid: u32) -> Option<String> {
        self.users.get(&uid).cloned()
    }

    pub fn group(&self, gid: u32) -> Option<String> {
        self.groups.get(&gid).cloned()
    }
}

pub fn users(tree: &Tree) -> Vec<User> {
    tree.text("etc/passwd", MOST).lines().filter_map(user).collect()
}

pub fn groups(tree: &Tree) -> Vec<Group> {
    tree.text("etc/group", MOST).lines().filter_map(group).collect()
}

fn user(line: &str) -> Option<User> {
    let fields: Vec<&str> = line.split(':').collect();
    let [name, _, uid, gid, gecos, home, shell] = fields.as_slice() else { return None };
    Some(User {
        name: short(name),
        uid: number(uid)?,
        gid: number(gid)?,
        full_name: short(gecos.split(',').next().unwrap_or_default()),
        home: (*home).chars().take(1_024).collect(),
        shell: short(shell),
    })
}

fn group(line: &str) -> Option<Group> {
    let fields: Vec<&str> = line.split(':').collect();
    let [name, _, gid, members] = fields.as_slice() else { return None };
    let members = members.split(',').filter(|member| !member.is_empty()).take(LOGINS).map(short).collect();
    Some(Group { name: short(name), gid: number(gid)?, members })
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| *number < USERS)
}

fn short(text: &str) -> String {
    text.chars().take(FIELD).collect()
}

/// All users: root and people first.
///
/// # Errors
/// Never; a private server without users has none.
pub fn logins(tree: &Tree) -> Result<Vec<Login>, WorkFailure> {
    let (groups, shadow) = (groups(tree), tree.text("etc/shadow", MOST));
    let mut logins: Vec<Login> =
        users(tree).into_iter().take(LOGINS).map(|user| login(user, &groups, &shadow)).collect();
    logins.sort_by_key(|login| (login.system, login.uid));
    Ok(logins)
}

fn login(user: User, groups: &[Group], shadow: &str) -> Login {
    let mut member: Vec<String> = groups
        .iter()
        .filter(|group| group.members.contains(&user.name))
        .map(|group| group.name.clone())
        .collect();
    member.truncate(64);
    Login {
        has_password: has_password(shadow, &user.name),
        system: user.uid != 0 && !PEOPLE.contains(&user.uid),
        groups: member,
        login: user.name,
        uid: user.uid,
        full_name: user.full_name,
        home: short(&user.home),
        shell: user.shell,
    }
}

/// Whether a hash stands in shadow(5): `!` and `*` are none.
fn has_password(shadow: &str, name: &str) -> bool {
    shadow
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .and_then(|rest| rest.split(':').next())
        .is_some_and(|hash| !hash.is_empty() && !hash.starts_with(['!', '*']))
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn users_are_read_and_what_is_none_is_passed_over() {
        let bob = user("bob:x:1000:1000:Bob B,,,:/home/bob:/bin/bash").expect("a user");
        assert_eq!((bob.uid, bob.home.as_str(), bob.full_name.as_str()), (1000, "/home/bob", "Bob B"));
        for bad in ["", "bob", "bob:x:70000:1:::", "bob:x:-1:1:::", "::::::"] {
            assert_eq!(user(bad), None, "{bad}");
        }
        let sudo = [group("sudo:x:27:bob,eve").expect("a group")];
        let seen = login(bob, &sudo, "eve:$6$x:1\nbob:!$6$x:1\n");
        assert_eq!((seen.groups, seen.has_password, seen.system), (vec!["sudo".to_owned()], false, false));
        assert!(has_password("bob:$y$j9T:1", "bob") && !has_password("bo:$y$:1", "bob"));
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_read(line in "[ -~:,]{0,200}") {
            if let Some(user) = user(&line) {
                proptest::prop_assert!(user.uid < USERS && user.gid < USERS);
            }
            group(&line);
            has_password(&line, "root");
        }
    }
}
