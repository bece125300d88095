//! Products whose exports are known by the columns that only they have.

use super::tables::has;
use crate::model::Table;

/// Columns that together only this product's export has; several lines where it exports in several ways.
const EXPORTS: [(&str, &[&str]); 18] = [
    ("Auth0", &["user_id", "identities", "logins_count"]),
    ("Auth0", &["user_id", "email_verified", "identities"]),
    ("Auth0", &["_id", "passwordHash", "tenant", "connection"]),
    ("Firebase", &["localId", "emailVerified", "passwordHash", "salt"]),
    ("Firebase", &["localId", "email", "providerUserInfo"]),
    ("Keycloak", &["username", "createdTimestamp", "realmRoles"]),
    ("Keycloak", &["username", "createdTimestamp", "disableableCredentialTypes"]),
    ("Cognito", &["Username", "UserStatus", "UserCreateDate"]),
    ("Cognito", &["cognito:username", "cognito:mfa_enabled"]),
    ("Entra", &["userPrincipalName", "accountEnabled", "userType"]),
    ("Okta", &["login", "status", "firstName", "lastName", "secondEmail"]),
    ("Google Workspace", &["Email Address [Required]", "Org Unit Path [Required]"]),
    ("Ory Kratos", &["schema_id", "state", "traits.email"]),
    ("Ory Kratos", &["schema_id", "state", "traits"]),
    ("FusionAuth", &["encryptionScheme", "factor", "salt", "password"]),
    ("Supabase", &["instance_id", "encrypted_password", "raw_user_meta_data", "raw_app_meta_data"]),
    ("Clerk", &["primary_email_address", "password_digest", "password_hasher"]),
    ("WordPress", &["user_login", "user_email", "user_pass", "first_name"]),
];

/// The product whose export this is, if one is known.
pub(super) fn product_of(table: &Table) -> Option<&'static str> {
    EXPORTS.iter().find(|(_, columns)| has(table, columns)).map(|(product, _)| *product)
}
