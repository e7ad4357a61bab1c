//! The one list of actions, and the way from a wire name to a handler. A handler that is missing does not compile.

use std::future::Future;

use serde_json::Value;

use crate::action::{Action, Entry};
use crate::actions::*;
use crate::fault::{Fault, FaultCode};

/// Carries out one action for a caller described by `C`.
pub trait Handle<A: Action, C>: Sync {
    fn handle(&self, caller: &C, input: A::Input) -> impl Future<Output = Result<A::Output, Fault>> + Send;
}

macro_rules! registry {
    ($($action:ty),+ $(,)?) => {
        /// Every action, in the order in which menus and documentation list them.
        pub const ENTRIES: &[Entry] = &[$(Entry::of::<$action>()),+];

        /// Whoever handles every action.
        pub trait HandleAll<C>: $(Handle<$action, C> +)+ Sync {}
        impl<C, H: $(Handle<$action, C> +)+ Sync> HandleAll<C> for H {}

        /// Validate `input` for the action called `name` and carry it out.
        ///
        /// # Errors
        /// The fault of validation or of the action.
        pub async fn dispatch<C: Sync, H: HandleAll<C>>(
            handlers: &H,
            caller: &C,
            name: &str,
            input: Value,
        ) -> Result<Value, Fault> {
            $(
                if name == <$action as Action>::SPEC.name {
                    return Box::pin(run::<$action, C, H>(handlers, caller, input)).await;
                }
            )+
            Err(unknown(name))
        }
    };
}

registry! {
    session::SessionOpen,
    session::SessionOpenPasskey,
    session::SessionPasskeyBegin,
    session::SessionSecondBegin,
    session::SessionClose,
    session::SessionShow,
    session::SessionList,
    session::SessionRevoke,
    session::SessionEnter,
    session::SessionLeave,
    server::ServerList,
    server::ServerCount,
    server::ServerShow,
    server::ServerSamples,
    server::ServerAdd,
    server::ServerAccept,
    server::ServerInstall,
    server::ServerPower,
    server::ServerReboot,
    server::ServerRename,
    server::ServerSetBmc,
    server::ServerPlace,
    failover::ServerConfirmDead,
    server::ServerRetire,
    server::ServerAssign,
    server::ServerRemove,
    server::ServerWatch,
    private_server::PrivateServerList,
    private_server::PrivateServerShow,
    private_server::PrivateServerCreate,
    private_server::PrivateServerStart,
    private_server::PrivateServerStop,
    private_server::PrivateServerReboot,
    private_server::PrivateServerRebuild,
    private_server::PrivateServerResize,
    private_server::PrivateServerRename,
    private_server::PrivateServerSuspend,
    private_server::PrivateServerResume,
    private_server::PrivateServerQuarantine,
    private_server::PrivateServerRelease,
    private_server::PrivateServerMove,
    private_server::PrivateServerDrain,
    private_server::PrivateServerShare,
    private_server::PrivateServerUnshare,
    private_server::PrivateServerPrioritise,
    private_server::PrivateServerRemove,
    private_server::PrivateServerExec,
    private_server::PrivateServerConsole,
    private_server::PrivateServerConsoleType,
    private_server::PrivateServerConsoleRead,
    private_server::PrivateServerConsoleResize,
    private_server::PrivateServerConsoleClose,
    private_server::inside::PrivateServerFileList,
    private_server::inside::PrivateServerFileShow,
    private_server::inside::PrivateServerFileRead,
    private_server::inside::PrivateServerFileWrite,
    private_server::inside::PrivateServerFileFinish,
    private_server::inside::PrivateServerFileAbandon,
    private_server::inside::PrivateServerFileFolder,
    private_server::inside::PrivateServerFileRename,
    private_server::inside::PrivateServerFileRemove,
    private_server::inside::PrivateServerFilePermit,
    private_server::inside::PrivateServerFileGive,
    private_server::inside::PrivateServerFilePack,
    private_server::inside::PrivateServerFileUnpack,
    private_server::inside::PrivateServerServiceList,
    private_server::inside::PrivateServerServiceDo,
    private_server::inside::PrivateServerProcessList,
    private_server::inside::PrivateServerProcessEnd,
    private_server::inside::PrivateServerLoginList,
    private_server::inside::PrivateServerLoginAdd,
    private_server::inside::PrivateServerLoginRemove,
    private_server::inside::PrivateServerLoginPassword,
    private_server::inside::PrivateServerLoginGroups,
    private_server::inside::PrivateServerLoginKeys,
    private_server::inside::PrivateServerLoginSetKeys,
    private_server::inside::PrivateServerJournal,
    private_server::inside::PrivateServerNetwork,
    private_server::inside::PrivateServerTime,
    private_server::inside::PrivateServerSetZone,
    private_server::PrivateServerUsage,
    private_server::PrivateServerRoom,
    private_server::PrivateServerTemplates,
    private_server::PrivateServerClone,
    private_server::PrivateServerSnapshotCreate,
    private_server::PrivateServerSnapshotList,
    private_server::PrivateServerSnapshotRestore,
    private_server::PrivateServerSnapshotRemove,
    private_server::PrivateServerBackupCreate,
    private_server::PrivateServerBackupList,
    private_server::PrivateServerBackupShow,
    private_server::PrivateServerBackupSchedule,
    private_server::PrivateServerBackupFiles,
    private_server::PrivateServerBackupRestore,
    private_server::PrivateServerBackupRestoreFiles,
    private_server::PrivateServerBackupTest,
    private_server::PrivateServerBackupRemove,
    nas::NasList,
    nas::NasShow,
    nas::NasCreate,
    nas::NasChange,
    nas::NasRemove,
    failover::FailoverShow,
    failover::FailoverSet,
    rack::RackList,
    rack::RackShow,
    rack::RackCreate,
    rack::RackRename,
    rack::RackRemove,
    image::ImageList,
    image::ImageShow,
    image::ImageBuild,
    image::ImageImport,
    image::ImageVerify,
    image::ImageRemove,
    environment::EnvironmentList,
    environment::EnvironmentBuild,
    profile::ProfileList,
    profile::ProfileShow,
    profile::ProfileCreate,
    profile::ProfileRemove,
    job::JobList,
    job::JobShow,
    job::JobCancel,
    network::NetworkList,
    network::NetworkSet,
    network::NetworkRemove,
    discovery::DiscoveryShow,
    discovery::DiscoverySet,
    account::AccountList,
    account::AccountShow,
    account::AccountCreate,
    account::AccountRename,
    account::AccountSuspend,
    account::AccountResume,
    account::AccountRemove,
    brand::BrandShow,
    brand::BrandSet,
    brand::BrandRemove,
    brand::BrandFind,
    brand::BrandLogo,
    role::RoleList,
    user::UserList,
    user::UserCreate,
    user::UserChange,
    user::UserRemove,
    user::UserPasswd,
    user::UserForgot,
    user::UserReset,
    factor::FactorList,
    factor::FactorTotpBegin,
    factor::FactorTotpConfirm,
    factor::FactorPasskeyBegin,
    factor::FactorPasskeyConfirm,
    factor::FactorRecoveryRenew,
    factor::FactorRemove,
    identity::IdentityList,
    identity::IdentityLink,
    identity::IdentityBind,
    identity::IdentityUnlink,
    oidc::OidcList,
    oidc::OidcShow,
    oidc::OidcSet,
    oidc::OidcRemove,
    oidc::OidcOffered,
    oidc::OidcBegin,
    oidc::OidcFinish,
    token::TokenList,
    token::TokenCreate,
    token::TokenRevoke,
    webhook::WebhookList,
    webhook::WebhookShow,
    webhook::WebhookCreate,
    webhook::WebhookChange,
    webhook::WebhookTest,
    webhook::WebhookResume,
    webhook::WebhookRemove,
    delivery::DeliveryList,
    delivery::DeliveryShow,
    delivery::DeliveryRedeliver,
    audit::AuditList,
    audit::AuditUndo,
    search::SearchFind,
    mail::MailTest,
    system::SystemStatus,
}

/// The entry with this wire name.
#[must_use]
pub fn entry(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.spec.name == name)
}

async fn run<A: Action, C: Sync, H: Handle<A, C>>(
    handlers: &H,
    caller: &C,
    input: Value,
) -> Result<Value, Fault> {
    let input = crate::validate::input::<A>(input)?;
    let output = handlers.handle(caller, input).await?;
    serde_json::to_value(output).map_err(|error| {
        Fault::new(
            FaultCode::Internal,
            crate::validate::attempt(A::SPEC.name),
            format!("its result cannot be written as JSON: {error}"),
            "Report this as a bug.",
        )
    })
}

fn unknown(name: &str) -> Fault {
    let name: String = name.chars().take(64).collect();
    Fault::new(
        FaultCode::NotFound,
        format!("carry out {name:?}"),
        "there is no such action",
        "List the actions with: rackwright --help",
    )
}
