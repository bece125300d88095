//! Okta's error answers (okta-api.md 0 and 8): one value for each code the org gives.

use serde_json::{Value, json};

/// An error answer: everything but the `errorId`, which each answer gets anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) summary: String,
    pub(crate) causes: Vec<String>,
}

impl Refusal {
    fn new(status: u16, code: &'static str, summary: impl Into<String>) -> Self {
        Self { status, code, summary: summary.into(), causes: Vec::new() }
    }

    fn because(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// `E0000001` for what `about` names (a field, `newUser`, `profile`), with its causes.
    pub(crate) fn invalid(about: &str, causes: Vec<String>) -> Self {
        Self { causes, ..Self::new(400, "E0000001", format!("Api validation failed: {about}")) }
    }

    /// `E0000001` for a field with one cause, in Okta's form `field: what is wrong`.
    pub(crate) fn field(about: &str, wrong: &str) -> Self {
        Self::invalid(about, vec![format!("{about}: {wrong}")])
    }

    /// A path whose login no path can carry. Which code Okta gives is not documented; 400 is.
    pub(crate) fn not_in_a_path() -> Self {
        Self::new(
            400,
            "E0000002",
            "The request was not valid: the path holds a character that is not allowed",
        )
    }

    pub(crate) fn not_well_formed() -> Self {
        Self::new(400, "E0000003", "The request body was not well-formed.")
    }

    pub(crate) fn authentication_failed() -> Self {
        Self::new(401, "E0000004", "Authentication failed")
    }

    pub(crate) fn no_permission() -> Self {
        Self::new(403, "E0000006", "You do not have permission to perform the requested action")
    }

    /// `E0000007` for an entity of a type: `Not found: Resource not found: X (User)`.
    pub(crate) fn not_found(what: &str, kind: &str) -> Self {
        Self::new(404, "E0000007", format!("Not found: Resource not found: {what} ({kind})"))
    }

    pub(crate) fn no_such_path() -> Self {
        Self::new(404, "E0000008", "The requested path was not found")
    }

    pub(crate) fn internal() -> Self {
        Self::new(500, "E0000009", "Internal Server Error")
    }

    pub(crate) fn read_only() -> Self {
        Self::new(503, "E0000010", "Service is in read only mode")
    }

    pub(crate) fn bad_token() -> Self {
        Self::new(401, "E0000011", "Invalid token provided")
    }

    pub(crate) fn credentials_not_updated(why: &str) -> Self {
        Self::new(403, "E0000014", "Update of credentials failed").because(why)
    }

    pub(crate) fn no_such_feature() -> Self {
        Self::new(401, "E0000015", "You do not have permission to access the feature you are requesting")
    }

    pub(crate) fn already_active() -> Self {
        Self::new(403, "E0000016", "Activation failed because the user is already active")
    }

    pub(crate) fn no_such_method() -> Self {
        Self::new(405, "E0000022", "The endpoint does not support the provided HTTP method")
    }

    pub(crate) fn bad_search() -> Self {
        Self::new(400, "E0000031", "Invalid search criteria.")
    }

    pub(crate) fn search_and_filter() -> Self {
        Self::new(
            400,
            "E0000033",
            "Bad request. Can't specify a search query and filter in the same request.",
        )
    }

    pub(crate) fn wrong_status() -> Self {
        Self::new(403, "E0000038", "This operation is not allowed in the user's current status.")
    }

    pub(crate) fn too_many_requests() -> Self {
        Self::new(429, "E0000047", "API call exceeded rate limit due to too many requests.")
    }

    /// What Okta answers to a create that names Everyone in `groupIds` (okta-api.md 3).
    pub(crate) fn unsupported() -> Self {
        Self::new(501, "E0000060", "Unsupported operation.")
    }

    pub(crate) fn bad_filter(why: &str) -> Self {
        Self::new(400, "E0000053", "Invalid SCIM filter.").because(why)
    }

    pub(crate) fn too_many_groups() -> Self {
        Self::new(400, "E0000093", "Target count limit exceeded")
            .because("The number of group targets is too large")
    }

    pub(crate) fn mailed_just_now() -> Self {
        Self::new(429, "E0000118", "An email was recently sent. Please wait 5 seconds before trying again.")
    }

    pub(crate) fn expire_without_password() -> Self {
        Self::new(
            400,
            "E0000124",
            "Could not create user. To create a user and expire their password immediately, a password must be specified",
        )
    }

    pub(crate) fn expire_without_activation() -> Self {
        Self::new(
            400,
            "E0000125",
            "Could not create user. To create a user and expire their password immediately, \"activate\" must be true",
        )
    }

    pub(crate) fn hook_garbled(why: &str) -> Self {
        Self::new(502, "E0000134", "Okta could not communicate correctly with an inline hook.").because(why)
    }

    pub(crate) fn hook_said_error(why: &str) -> Self {
        Self::new(400, "E0000135", "An inline hook responded with an error.").because(why)
    }

    pub(crate) fn hook_silent() -> Self {
        Self::new(504, "E0000137", "Okta did not receive a response from an inline hook.")
    }

    pub(crate) fn stale_etag() -> Self {
        Self::new(412, "E0000231", "ETag value doesn't match.")
    }

    /// The answer's body.
    pub(crate) fn body(&self, error_id: &str) -> Value {
        let causes: Vec<Value> = self.causes.iter().map(|cause| json!({ "errorSummary": cause })).collect();
        json!({
            "errorCode": self.code,
            "errorSummary": self.summary,
            "errorLink": self.code,
            "errorId": error_id,
            "errorCauses": causes,
        })
    }
}
