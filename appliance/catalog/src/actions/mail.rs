//! The mail server that the Control Center uses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Done, action};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MailTestInput {
    /// Where to send it; to your own mail address when left out.
    #[schemars(length(min = 3, max = 254), regex(pattern = "^[^@\\s]+@[^@\\s]+$"))]
    pub to: Option<String>,
}

action! {
    MailTest, "mail.test", "Send test", "Send a test mail now, and say what the mail server answered.", Configure, Change,
    MailTestInput => Done, main "to";
    MailTestInput { to: Some("robin@example.com".into()) };
    Done::new("The mail server took the mail to robin@example.com. It answered: 250 OK")
}
