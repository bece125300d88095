//! How somebody stands to a group: a member, one no more, one not yet, or somebody who only has to do with it.

use super::*;

#[test]
fn memberships_that_were_taken_away_or_are_not_granted_yet_do_not_count() {
    assert_eq!(
        groups(&[
            USERS,
            "groups: *id int, name, archived bool, deleted_at timestamp",
            "group_members: user_id int > users.id, group_id int > groups.id, pending bool, removed_at timestamp",
        ])
        .as_deref(),
        Some("id = group_members.user_id, group_id = groups.id, name, pending No , removed_at IsEmpty , archived No , deleted_at IsEmpty")
    );
}

#[test]
fn a_flag_of_a_membership_or_a_group_is_a_condition() {
    for (column, condition) in [
        ("created_at timestamp", ""),
        ("joined_at timestamp", ""),
        ("invited_by int > users.id", ""),
        ("can_invite bool", ""),
        ("is_admin bool", ""),
        ("granted_at timestamp", ""),
        ("active bool", "active Yes"),
        ("is_active int", "is_active Yes"),
        ("enabled tinyint(1)", "enabled Yes"),
        ("aktiv boolean", "aktiv Yes"),
        ("accepted bool", "accepted Yes"),
        ("is_approved int", "is_approved Yes"),
        ("granted bool", "granted Yes"),
        ("genehmigt bool", "genehmigt Yes"),
        ("denied bool", "denied No"),
        ("is_banned int", "is_banned No"),
        ("blocked bool", "blocked No"),
        ("rejected bool", "rejected No"),
        ("has_left bool", "has_left No"),
        ("expired bool", "expired No"),
        ("banned bit(1)", "banned No"),
        ("is_deleted char(1)", "is_deleted No"),
        ("deleted_at bigint", "deleted_at No"),
        ("banned_at timestamp", "banned_at IsEmpty"),
        ("deleted timestamp", "deleted IsEmpty"),
        ("rejected_at timestamp", "rejected_at IsEmpty"),
    ] {
        assert_eq!(with_column(column, "").as_deref(), Some(condition), "{column}");
    }
    for (column, condition) in [
        ("archived bool", "archived No"),
        ("is_active bool", "is_active Yes"),
        ("archived_at timestamp", "archived_at IsEmpty"),
        ("description", ""),
        ("verified bool", ""),
        ("invite_token", ""),
        ("lft int, rgt int", ""),
        ("category", ""),
        ("location", ""),
    ] {
        assert_eq!(with_column("", column).as_deref(), Some(condition), "{column}");
    }
}

#[test]
fn a_state_an_end_or_an_invitation_of_a_membership_is_a_question() {
    for column in [
        "status",
        "state membership_state",
        "membership_status int",
        "invite_status",
        "estado",
        "status_id int > statuses.id",
        "left_at timestamp",
        "expires_at timestamp",
        "end_date date",
        "valid_to date",
        "date_to date",
        "until date",
        "gueltig_bis date",
        "start_date date",
        "banned_until timestamp",
        "confirmed_at timestamp",
        "accepted_at timestamp",
        "accepted char(1)",
        "active text",
        "deleted text",
        "deleted bigint",
        "requested_at timestamp",
        "invite_token",
        "invited_at timestamp",
        "approved_by int > users.id",
        "role",
        "access_level int",
    ] {
        assert_eq!(with_column(column, ""), None, "{column}");
    }
    for column in ["status", "end_date date", "locked bool", "tenant_id int", "parent_id int > groups.id"] {
        assert_eq!(with_column("", column), None, "{column}");
    }
    for column in ["org_id uuid", "courseid int", "realm", "company_id int"] {
        assert_eq!(with_column("", column), None, "{column}");
    }
    assert_eq!(
        asked(
            &[
                USERS,
                "groups: *id int, name, tenant_id int",
                "group_members: user_id int > users.id, group_id int > groups.id, status, left_at date",
            ],
            "users"
        ),
        [
            "id = group_members.user_id, group_id = groups.id, name: by foreign keys, but status, left_at in group_members may say \
             who is only invited, refused or gone, and two groups may have one name: groups has tenant_id."
        ]
    );
}

#[test]
fn a_column_of_the_people_for_another_group_than_theirs_is_a_question() {
    let certain = |column: &str, table: &str| {
        let people = format!("staff: *id int, email, name, password, {column} int > {table}.id");
        groups(&[&people, &format!("{table}: *id int, label")]).is_some()
    };
    for (column, table) in [
        ("role_id", "roles"),
        ("team", "teams"),
        ("primary_role_id", "roles"),
        ("user_role_id", "roles"),
        ("staff_role", "roles"),
        ("grp_id", "groups"),
        ("teamid", "teams"),
        ("user_group_id", "user_groups"),
        ("usergroup_id", "user_groups"),
        ("GruppeID", "Gruppen"),
    ] {
        assert!(certain(column, table), "{column}");
    }
    for column in [
        "pending_role_id",
        "requested_role_id",
        "previous_role_id",
        "default_role_id",
        "invited_role_id",
        "target_role_id",
        "last_viewed_role_id",
        "former_role",
        "next_role_id",
    ] {
        assert!(!certain(column, "roles"), "{column}");
    }
    // In a table of memberships, the one that is theirs goes before the other one.
    assert_eq!(
        groups(&[
            USERS,
            "roles: *id int, name",
            "user_roles: user_id int > users.id, previous_role_id int > roles.id, role_id int > roles.id",
        ])
        .as_deref(),
        Some("id = user_roles.user_id, role_id = roles.id, name")
    );
    let alone =
        ["roles: *id int, name", "user_roles: user_id int > users.id, requested_role_id int > roles.id"];
    assert_eq!(groups(&[USERS, alone[0], alone[1]]), None);
}

/// Who only looks at a group, or wants to be in it, is not in it: asked about, however well foreign keys say whose the rows are.
#[test]
fn who_has_to_do_with_a_group_is_no_member_unasked() {
    for table in [
        "group_watchers",
        "group_subscribers",
        "team_favorites",
        "group_likes",
        "team_observers",
        "group_mutes",
        "group_views",
        "team_visits",
        "group_ratings",
        "group_creators",
        "group_invitees",
        "role_nominations",
        "group_candidates",
        "group_leavers",
        "group_denials",
        "group_followers",
        "team_stars",
        "group_bookmarks",
    ] {
        let members = format!("{table}: user_id int > users.id, group_id int > groups.id");
        let tables = [USERS, "groups: *id int, name", &members];
        assert_eq!(groups(&tables), None, "{table}");
        assert!(
            asked(&tables, "users").iter().any(|question| question.contains("may be no member")),
            "{table}"
        );
    }
    // The column says so where the table does not.
    let tables =
        [USERS, "groups: *id int, name", "group_users: follower_id int > users.id, group_id int > groups.id"];
    assert_eq!(groups(&tables), None);
    // What these people themselves are called says nothing.
    let tables = [
        "subscribers: *id int, email, first_name, last_name, password_hash",
        "groups: *id int, name",
        "subscriber_groups: subscriber_id int > subscribers.id, group_id int > groups.id",
    ];
    assert_eq!(
        groups(&tables).as_deref(),
        Some("id = subscriber_groups.subscriber_id, group_id = groups.id, name")
    );
}

/// A column may turn a membership round: who has the row is refused, or nobody.
#[test]
fn a_column_that_turns_a_membership_round_is_asked_about_or_is_a_condition() {
    let with = |column: &str| {
        let members = format!("group_members: user_id int > users.id, group_id int > groups.id, {column}");
        groups(&[USERS, "groups: *id int, name", &members])
    };
    for column in [
        "effect",
        "permission",
        "relation",
        "membership",
        "relationship",
        "decision",
        "negated",
        "allowed boolean",
        "allow",
    ] {
        assert_eq!(with(column), None, "{column}");
    }
    for (column, condition) in [
        ("is_member boolean", "is_member Yes"),
        ("is_member int", "is_member Yes"),
        ("negated boolean", "negated No"),
        ("exclude tinyint", "exclude No"),
        ("is_denied boolean", "is_denied No"),
    ] {
        let found = with(column).unwrap_or_default();
        assert!(found.contains(condition), "{column}: {found}");
    }
}
