//! Snapshots and backups of one private server: a part of its page, and a page that looks into a backup.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::actions::private_server::{
    BackupDirectory, BackupFile, BackupFileKind, BackupFilesInput, BackupListInput, BackupPlan, BackupView,
    OnePrivateServer, PrivateServerBackupFiles, PrivateServerBackupList, PrivateServerBackupShow,
    PrivateServerSnapshotList, SnapshotState, SnapshotView,
};
use rackwright_catalog::actions::session::SessionView;
use rackwright_catalog::{Fault, entry};
use rackwright_client::cli_line;
use rackwright_model::{BackupId, Name};
use rackwright_panel_kit::messages::{tell, tell_with};
use rackwright_panel_kit::panel::{Live, now};
use rackwright_panel_kit::routes::shown;
use rackwright_panel_kit::shell::who;
use rackwright_panel_kit::{Button, Crumb, Heading, Panel, Session, Shell, refusal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::one::{crumb, detail};
use super::{LOOK_S, Token};

/// What of a private server is kept, and what can be done with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VaultView {
    part: String,
    trigger: String,
    /// When backups are made and how many stay, in a sentence.
    plan: String,
    detail: BackupPlan,
    buttons: Vec<Button>,
    snapshots: Vec<SnapshotRow>,
    backups: Vec<BackupRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct SnapshotRow {
    snapshot: SnapshotView,
    state: String,
    mib_bytes: u64,
    buttons: Vec<Button>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct BackupRow {
    backup: BackupView,
    /// Where its files are shown; none for whom they are not.
    href: Option<String>,
    buttons: Vec<Button>,
}

#[derive(Serialize)]
struct VaultPart {
    now: i64,
    shell: Token,
    vault: Live<VaultView>,
}

#[derive(Serialize)]
struct FilesPage {
    /// The directories on the way to this one, with their addresses.
    way: Vec<(String, String)>,
    files: Vec<FileRow>,
    cut: bool,
    /// What restores the whole directory.
    buttons: Vec<Button>,
}

#[derive(Serialize)]
struct FileRow {
    name: String,
    file: BackupFile,
    /// Where a directory leads.
    href: Option<String>,
    kind: String,
    buttons: Vec<Button>,
}

/// The directory that is looked into.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    path: String,
}

/// All of it, for the page of the private server.
pub async fn of(session: &Session, name: &Name) -> Result<Live<VaultView>, Fault> {
    let one = || OnePrivateServer { private_server: name.clone() };
    let list = BackupListInput { private_server: Some(name.clone()) };
    let asked = tokio::try_join!(
        who(session),
        session.client.call::<PrivateServerBackupShow>(one()),
        session.client.call::<PrivateServerSnapshotList>(one()),
        session.client.call::<PrivateServerBackupList>(list),
    );
    let (who, plan, snapshots, backups) = asked?;
    Ok(Live::new(VaultView {
        part: format!("/parts/private-server/{name}/vault"),
        trigger: format!("sse:private-servers, sse:sync, every {LOOK_S}s"),
        plan: sentence(&plan),
        buttons: taking(name, &plan, &who),
        snapshots: snapshots.items.into_iter().map(|one| snapshot(name, one, &who)).collect(),
        backups: backups.items.into_iter().map(|one| backup(name, one, &who)).collect(),
        detail: plan,
    }))
}

fn sentence(plan: &BackupPlan) -> String {
    let keep = plan.keep;
    let counts = [
        ("last", keep.last.to_string()),
        ("daily", keep.daily.to_string()),
        ("weekly", keep.weekly.to_string()),
        ("monthly", keep.monthly.to_string()),
    ];
    let kept =
        tell_with("vault-kept", &counts.each_ref().map(|(name, value)| (*name, value.as_str().into())));
    let when = match plan.hour {
        Some(hour) => tell_with("vault-daily", &[("hour", format!("{hour:02}:00").into())]),
        None => tell("vault-on-demand"),
    };
    format!("{when} {kept}")
}

fn taking(name: &Name, plan: &BackupPlan, who: &SessionView) -> Vec<Button> {
    let about = json!({ "private_server": name });
    let mut schedule = Button::of(
        who,
        "private-server.backup-schedule",
        "clock",
        json!({ "private_server": name, "hour": plan.hour }),
    );
    if let Some(button) = &mut schedule {
        button.known.retain(|(_, value)| value != "null");
        let keep = json!(plan.keep);
        let fields = keep.as_object().into_iter().flatten();
        button.known.extend(fields.map(|(name, value)| (format!("keep.{name}"), value.to_string())));
    }
    let snapshot = Button::of(who, "private-server.snapshot-create", "photo", about.clone());
    let backup = Button::of(who, "private-server.backup-create", "archive", about).map(Button::at_once);
    [backup, snapshot, schedule].into_iter().flatten().collect()
}

fn snapshot(name: &Name, snapshot: SnapshotView, who: &SessionView) -> SnapshotRow {
    let about = json!({ "private_server": name, "snapshot": snapshot.id });
    let buttons = [("snapshot-restore", "arrow-back-up"), ("snapshot-remove", "trash")];
    let (state, kept) = match snapshot.state {
        SnapshotState::Making => (tell("vault-making"), false),
        SnapshotState::Kept => (tell("vault-is-kept"), true),
        SnapshotState::Removing => (tell("vault-removing"), false),
    };
    let buttons = if kept { offered(&buttons, &about, who) } else { Vec::new() };
    SnapshotRow { mib_bytes: snapshot.mib << 20, snapshot, state, buttons }
}

fn backup(name: &Name, backup: BackupView, who: &SessionView) -> BackupRow {
    let about = json!({ "private_server": name, "backup": backup.id });
    let buttons =
        [("backup-restore", "arrow-back-up"), ("backup-test", "circle-check"), ("backup-remove", "trash")];
    let entry = entry("private-server.backup-files");
    let may = entry.is_some_and(|entry| who.may(entry.spec.permission));
    BackupRow {
        href: may.then(|| format!("/private-servers/{name}/backups/{}", backup.id)),
        buttons: offered(&buttons, &about, who),
        backup,
    }
}

fn offered(actions: &[(&str, &'static str)], about: &Value, who: &SessionView) -> Vec<Button> {
    let button = |(action, icon): &(&str, &'static str)| {
        Button::of(who, &format!("private-server.{action}"), icon, about.clone())
    };
    actions.iter().filter_map(button).collect()
}

/// `GET /parts/private-server/{name}/vault`
pub async fn part(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let asked = async {
        let one = detail(&session, &name).await?.summary;
        of(&session, &one.name).await
    };
    match asked.await {
        Ok(vault) => {
            let digest = vault.digest.clone();
            let shell = Token { token: session.token.clone() };
            let part = VaultPart { now: now().0, shell, vault };
            panel.part(shown(&headers), &digest, "parts/private-vault.html", &part)
        }
        Err(fault) => refusal::answer(&panel, &session, fault).await,
    }
}

/// `GET /private-servers/{name}/backups/{backup}?path=/etc`
pub async fn files(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path((name, backup)): Path<(String, i64)>,
    Query(Chosen { path }): Query<Chosen>,
    headers: HeaderMap,
) -> Response {
    let path = if path.is_empty() { "/".to_owned() } else { path };
    let input = BackupFilesInput { backup: BackupId(backup), path: Some(path.clone()) };
    let asked = async {
        let one = detail(&session, &name).await?.summary;
        Ok((one, session.client.call::<PrivateServerBackupFiles>(input).await?))
    };
    let (shell, (one, directory)) = match tokio::try_join!(Shell::around(&panel, &session, &headers), asked) {
        Ok(all) => all,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let page = format!("/private-servers/{}/backups/{backup}", one.name);
    let line = entry("private-server.backup-files")
        .map(|entry| cli_line(entry, &json!({ "backup": backup, "path": path })));
    let heading = Heading {
        title: tell_with("vault-backup", &[("backup", backup.to_string().into())]),
        crumbs: vec![
            crumb(shell.who.tier),
            Crumb::new(one.name.to_string(), format!("/private-servers/{}", one.name)),
            Crumb::new(tell_with("vault-backup", &[("backup", backup.to_string().into())]), ""),
        ],
        help: tell("page-backup-files"),
        buttons: Vec::new(),
        lines: line.into_iter().collect(),
    };
    let view = looked_into(&one.name, backup, &page, &path, directory, &shell.who);
    panel.page(StatusCode::OK, "private-backup.html", &shell.page(heading, view))
}

fn looked_into(
    name: &Name,
    backup: i64,
    page: &str,
    path: &str,
    directory: BackupDirectory,
    who: &SessionView,
) -> FilesPage {
    let href = |path: &str| format!("{page}?{}", query(path));
    let restore = |path: &str| {
        let known = json!({ "private_server": name, "backup": backup });
        let mut button = Button::of(who, "private-server.backup-restore-files", "arrow-back-up", known)?;
        button.known.push(("paths".to_owned(), path.to_owned()));
        Some(button)
    };
    let mut way = vec![("/".to_owned(), href("/"))];
    let mut below = String::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        below = format!("{below}/{part}");
        way.push((part.to_owned(), href(&below)));
    }
    let row = |file: BackupFile| FileRow {
        name: file.path.rsplit('/').next().unwrap_or_default().to_owned(),
        href: (file.kind == BackupFileKind::Directory).then(|| href(&file.path)),
        kind: match file.kind {
            BackupFileKind::Directory => tell("vault-directory"),
            BackupFileKind::File => tell("vault-file"),
            BackupFileKind::Link => tell("vault-link"),
            BackupFileKind::Other => tell("vault-other"),
        },
        buttons: restore(&file.path).into_iter().collect(),
        file,
    };
    FilesPage {
        way,
        cut: directory.cut,
        buttons: restore(path).into_iter().collect(),
        files: directory.items.into_iter().map(row).collect(),
    }
}

/// A path as a query.
fn query(path: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair("path", path).finish()
}
