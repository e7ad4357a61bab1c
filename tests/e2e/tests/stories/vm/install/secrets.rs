//! Secrets stand where they are needed and nowhere else.

use crate::story::{SshKey, Story};

/// How the Control Center's one-time tokens begin, and what follows: 64 hexadecimal digits.
const TOKENS: [&str; 3] = ["rwe_", "rws_", "rwt_"];

/// Looks into everything that people read: the log, the jobs, the audit, the consoles and the kernels' command lines.
pub fn stand_nowhere(story: &Story, key: &SshKey, names: &[&str]) {
    let password = story.live.admin_password().unwrap_or_else(|error| panic!("{error:#}"));
    let mut places = vec![
        ("the log".to_owned(), story.log()),
        ("the audit".to_owned(), story.act.done(&["audit", "list"]).to_string()),
        ("the list of servers".to_owned(), story.act.done(&["server", "list"]).to_string()),
    ];
    for name in names {
        let job = &story.act.jobs_of(name)[0];
        places.push((format!("the log of job {job}"), story.act.job_log(job).join("\n")));
        places.push((format!("what is shown of {name}"), story.act.server(name).to_string()));
        places.push((format!("the console of {name}"), story.machine(name).console()));
        let line = story.on_server(key, "root", name, "cat /proc/cmdline; journalctl -b --no-pager");
        places.push((format!("the kernel's line and the journal of {name}"), line));
    }
    let mut secrets: Vec<&str> =
        names.iter().map(|name| story.machine(name).bmc().password.as_str()).collect();
    secrets.push(&password);
    for (place, text) in &places {
        assert!(!text.is_empty(), "nothing was found in {place}");
        assert!(secrets.iter().all(|secret| !text.contains(secret)), "a password stands in {place}:\n{text}");
        assert!(!holds_a_token(text), "a token stands in {place}:\n{text}");
    }
}

fn holds_a_token(text: &str) -> bool {
    TOKENS.iter().any(|start| {
        let digits = |tail: &str| tail.bytes().take_while(u8::is_ascii_hexdigit).count();
        text.split(start).skip(1).any(|tail| digits(tail) >= 16)
    })
}
