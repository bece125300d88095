//! Exports of known products, as small files made from their published formats: each maps itself.

use std::path::{Path, PathBuf};

use causeway::mapping::{Mapping, Rule, Target, guess_people};
use causeway::migration::{Groups, Suggestion, group_choices, suggest_for};
use causeway::source::{FileSpec, SourceSpec, open};

/// An export and what should become of its columns.
struct Export {
    /// The file, and the second one.
    files: &'static [&'static str],
    /// The product that is recognized.
    product: Option<&'static str>,
    /// Tables that have to be read too.
    joined: bool,
    /// The columns, and where they go: attributes, `password`, `salt`, `active`, `group`, `last sign-in`.
    goes: &'static [(&'static str, &'static str)],
}

const EXPORTS: &[Export] = &[
    Export {
        files: &["auth0-users.json", "auth0-hashes.json"],
        product: Some("Auth0"),
        joined: true,
        goes: &[
            ("email", "login"),
            ("email", "email"),
            ("given_name", "firstName"),
            ("family_name", "lastName"),
            ("name", "displayName"),
            ("nickname", "nickName"),
            ("passwordHash", "password"),
            ("blocked", "active"),
            ("last_login", "last sign-in"),
            ("user_metadata.department", "department"),
            ("app_metadata.roles", "group"),
        ],
    },
    Export {
        files: &["firebase.json"],
        product: Some("Firebase"),
        joined: false,
        goes: &[
            ("email", "login"),
            ("email", "email"),
            ("displayName", "displayName"),
            ("displayName", "firstName"),
            ("displayName", "lastName"),
            ("phoneNumber", "mobilePhone"),
            ("passwordHash", "password"),
            ("salt", "salt"),
            ("disabled", "active"),
            ("lastSignedInAt", "last sign-in"),
        ],
    },
    Export {
        files: &["firebase.csv"],
        product: Some("Firebase"),
        joined: false,
        goes: &[
            ("email", "login"),
            ("email", "email"),
            ("displayName", "displayName"),
            ("displayName", "firstName"),
            ("displayName", "lastName"),
            ("phoneNumber", "mobilePhone"),
            ("passwordHash", "password"),
            ("salt", "salt"),
            ("disabled", "active"),
            ("lastSignedInAt", "last sign-in"),
        ],
    },
    Export {
        files: &["keycloak-realm.json"],
        product: Some("Keycloak"),
        joined: false,
        goes: &[
            ("email", "email"),
            ("firstName", "firstName"),
            ("lastName", "lastName"),
            ("credentials", "password"),
            ("enabled", "active"),
            ("groups", "group"),
            ("attributes.department", "department"),
            ("attributes.phoneNumber", "mobilePhone"),
        ],
    },
    Export {
        files: &["cognito-users.json"],
        product: Some("Cognito"),
        joined: false,
        goes: &[
            ("Attributes.email", "login"),
            ("Attributes.email", "email"),
            ("Attributes.given_name", "firstName"),
            ("Attributes.family_name", "lastName"),
            ("Attributes.phone_number", "mobilePhone"),
            ("Attributes.custom:department", "department"),
            ("Enabled", "active"),
        ],
    },
    Export {
        files: &["cognito.csv"],
        product: Some("Cognito"),
        joined: false,
        goes: &[
            ("email", "login"),
            ("email", "email"),
            ("given_name", "firstName"),
            ("family_name", "lastName"),
            ("phone_number", "mobilePhone"),
            ("zoneinfo", "timezone"),
            ("locale", "locale"),
        ],
    },
    Export {
        files: &["okta.csv"],
        product: Some("Okta"),
        joined: false,
        goes: &[
            ("login", "login"),
            ("email", "email"),
            ("firstName", "firstName"),
            ("lastName", "lastName"),
            ("displayName", "displayName"),
            ("title", "title"),
            ("department", "department"),
            ("organization", "organization"),
            ("mobilePhone", "mobilePhone"),
            ("employeeNumber", "employeeNumber"),
            ("status", "active"),
            ("lastLogin", "last sign-in"),
        ],
    },
    Export {
        files: &["entra.csv"],
        product: Some("Entra"),
        joined: false,
        goes: &[
            ("userPrincipalName", "login"),
            ("mail", "email"),
            ("givenName", "firstName"),
            ("surname", "lastName"),
            ("displayName", "displayName"),
            ("jobTitle", "title"),
            ("department", "department"),
            ("userType", "userType"),
            ("accountEnabled", "active"),
            ("streetAddress", "streetAddress"),
            ("state", "state"),
            ("city", "city"),
            ("postalCode", "zipCode"),
            ("telephoneNumber", "primaryPhone"),
            ("mobilePhone", "mobilePhone"),
            ("companyName", "organization"),
        ],
    },
    Export {
        files: &["google-workspace.csv"],
        product: Some("Google Workspace"),
        joined: false,
        goes: &[
            ("Email Address [Required]", "login"),
            ("Email Address [Required]", "email"),
            ("First Name [Required]", "firstName"),
            ("Last Name [Required]", "lastName"),
            ("Status [READ ONLY]", "active"),
            ("Last Sign In [READ ONLY]", "last sign-in"),
            ("Mobile Phone", "mobilePhone"),
            ("Work Phone", "primaryPhone"),
            ("Employee ID", "employeeNumber"),
            ("Employee Title", "title"),
            ("Department", "department"),
            ("Cost Center", "costCenter"),
        ],
    },
    Export {
        files: &["kratos.json"],
        product: Some("Ory Kratos"),
        joined: false,
        goes: &[
            ("traits.email", "login"),
            ("traits.email", "email"),
            ("traits.name.first", "firstName"),
            ("traits.name.last", "lastName"),
            ("credentials.password.config.hashed_password", "password"),
            ("state", "active"),
        ],
    },
    Export {
        files: &["fusionauth.json"],
        product: Some("FusionAuth"),
        joined: false,
        goes: &[
            ("email", "email"),
            ("firstName", "firstName"),
            ("lastName", "lastName"),
            ("fullName", "displayName"),
            ("mobilePhone", "mobilePhone"),
            ("password", "password"),
            ("salt", "salt"),
            ("active", "active"),
            ("timezone", "timezone"),
            ("lastLoginInstant", "last sign-in"),
        ],
    },
    Export {
        files: &["supabase.csv"],
        product: Some("Supabase"),
        joined: false,
        goes: &[
            ("email", "login"),
            ("email", "email"),
            ("raw_user_meta_data", "firstName"),
            ("raw_user_meta_data", "lastName"),
            ("encrypted_password", "password"),
            ("banned_until", "active"),
            ("last_sign_in_at", "last sign-in"),
        ],
    },
    Export {
        files: &["clerk.csv"],
        product: Some("Clerk"),
        joined: false,
        goes: &[
            ("primary_email_address", "email"),
            ("first_name", "firstName"),
            ("last_name", "lastName"),
            ("primary_phone_number", "mobilePhone"),
            ("password_digest", "password"),
        ],
    },
    Export {
        files: &["wordpress.sql"],
        product: Some("WordPress"),
        joined: false,
        goes: &[
            ("email", "email"),
            ("first_name", "firstName"),
            ("last_name", "lastName"),
            ("password", "password"),
            ("display_name", "displayName"),
            ("roles", "group"),
        ],
    },
    Export {
        files: &["wordpress.csv"],
        product: Some("WordPress"),
        joined: false,
        goes: &[
            ("user_email", "email"),
            ("first_name", "firstName"),
            ("last_name", "lastName"),
            ("user_pass", "password"),
            ("display_name", "displayName"),
            ("role", "group"),
        ],
    },
];

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/exports").join(name)
}

fn target(rule: &Rule) -> &str {
    match &rule.target {
        Target::Attribute(name) => name,
        Target::Password => "password",
        Target::Salt => "salt",
        Target::IsActive => "active",
        Target::Group => "group",
        Target::LastSignIn => "last sign-in",
        Target::LeftBehind => "nowhere",
    }
}

/// What an export maps to by itself, and the product it is taken for.
async fn mapped(export: &Export) -> (Mapping, Option<&'static str>, Suggestion) {
    let spec = FileSpec {
        path: data(export.files[0]),
        with: export.files.get(1).map(|name| data(name)),
        ..FileSpec::default()
    };
    let source = open(&SourceSpec::File(spec), None).unwrap();
    let probe = source.probe().await.unwrap();
    let guess = guess_people(&probe.catalog).into_iter().next();
    let guess = guess.unwrap_or_else(|| panic!("{}: nobody found", export.files[0]));
    let choices = group_choices(&*source, &probe.catalog, &guess.selection).await;
    let suggest = async |selection| {
        suggest_for(&*source, &probe.catalog, selection, &choices, Groups::Certain, 50).await.unwrap()
    };
    let mut suggestion = suggest(guess.selection.clone()).await;
    if export.joined {
        let half = suggestion.halves.iter().find_map(|half| half.selection.clone());
        if let Some(half) = half {
            suggestion = suggest(half).await;
        }
    }
    (suggestion.mapping.clone(), guess.product, suggestion)
}

#[tokio::test]
async fn known_exports_map_themselves() {
    let (mut all, mut found) = (0, 0);
    let mut missing = Vec::new();
    for export in EXPORTS {
        let (mapping, product, _) = mapped(export).await;
        if product != export.product {
            missing.push(format!("{}: taken for {product:?}", export.files[0]));
        }
        for (column, to) in export.goes {
            all += 1;
            let goes = mapping.rules.iter().any(|rule| {
                rule.column.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(column))
                    && target(rule) == *to
            });
            found += u32::from(goes);
            if !goes {
                let rules: Vec<String> = mapping
                    .rules
                    .iter()
                    .filter(|rule| rule.column.as_deref() == Some(column) || target(rule) == *to)
                    .map(|rule| format!("{} → {}", rule.column.as_deref().unwrap_or("-"), target(rule)))
                    .collect();
                missing.push(format!("{}: {column} → {to} ({})", export.files[0], rules.join(", ")));
            }
        }
    }
    assert!(found * 100 >= all * 95, "{found} of {all}:\n{}", missing.join("\n"));
}
