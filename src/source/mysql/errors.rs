//! MySQL's, MariaDB's and the driver's errors in a person's words. Numbers: the server error references of MySQL 8.4
//! (<https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html>) and MariaDB
//! (<https://mariadb.com/kb/en/mariadb-error-code-reference/>).

use sqlx::mysql::MySqlDatabaseError;

use super::spec::{MysqlSpec, MysqlTls};
use crate::model::said;
use crate::source::error::shortened;
use crate::source::guard::{Overflow, too_much};
use crate::source::{SourceError, reach};

fn database(error: &sqlx::Error) -> Option<&MySqlDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

/// The server's message and number, without the values it quotes.
fn technical(error: &sqlx::Error) -> String {
    let Some(server) = database(error) else { return shortened(error.to_string()) };
    shortened(format!(
        "{} (error {})",
        without_values(&said(server.message()), server.number()),
        server.number()
    ))
}

/// MySQL quotes values after a colon (`Truncated incorrect DOUBLE value: '$2y$10$…'`), a value that stands twice after `entry`, and the
/// SQL it does not understand after `near`.
fn without_values(message: &str, number: u16) -> String {
    let cut = [": '", "Duplicate entry '", " near '"].iter().filter_map(|mark| message.find(mark)).min();
    match cut {
        // Who was refused, and which table: names, no values.
        Some(at) if !matches!(number, 1044 | 1045 | 1142 | 1143 | 1146 | 1698) => {
            format!("{} (the rest left out)", message[..at].trim_end())
        }
        _ => message.to_owned(),
    }
}

/// Why there is no connection.
pub(super) fn connecting(error: sqlx::Error, spec: &MysqlSpec, given: bool) -> SourceError {
    let text = technical(&error);
    if let Some(server) = database(&error) {
        return refused_by_server(server.number(), text, spec, given);
    }
    if let sqlx::Error::Protocol(message) = &error
        && let Some(plugin) = message.split("unknown authentication plugin: ").nth(1)
    {
        return SourceError::SignInMethod {
            user: spec.user.clone(),
            method: plugin.trim().to_owned(),
            technical: text,
        };
    }
    // The server asks for another round, and there is no password to answer with.
    if !given && matches!(&error, sqlx::Error::Protocol(message) if message.contains("during authentication"))
    {
        return SourceError::WrongPassword { user: spec.user.clone(), given, technical: text };
    }
    reach::failed(error, &reach::Wanted { host: &spec.host, place: spec.place(), product: "MySQL" }, text)
}

fn refused_by_server(number: u16, technical: String, spec: &MysqlSpec, given: bool) -> SourceError {
    let user = spec.user.clone();
    let encrypted = !spec.is_socket() && spec.tls != MysqlTls::Disabled;
    match number {
        // A user that must come encrypted (REQUIRE SSL) is refused with the same words.
        1045 => SourceError::WrongPassword { user, given, technical },
        1044 => SourceError::NoRight { user, what: format!("database “{}”", spec.database), technical },
        1049 => SourceError::NoSuchDatabase { database: spec.database.clone(), technical },
        1129 | 1130 | 3159 => SourceError::NotAdmitted { user, encrypted, technical },
        1040 | 1053 | 1135 | 1203 | 1226 => SourceError::Busy { technical },
        // Where the server asks the operating system who this is (unix_socket, auth_socket); locked or expired accounts.
        1698 | 1820 | 1862 | 3118 | 4151 => SourceError::UserRefused { user, technical },
        1251 | 1275 | 1524 | 2059 => {
            SourceError::SignInMethod { user, method: "a method of its own".to_owned(), technical }
        }
        _ => SourceError::Other {
            what: "The server refused the connection.".into(),
            advice: "Look at the server's own message.".into(),
            technical,
        },
    }
}

/// What went wrong after the connection was there. `place` is what was read, as messages call it; `read` rows had been handed on.
pub(super) fn query(error: &sqlx::Error, user: &str, place: &str, seconds: u64, read: u64) -> SourceError {
    let technical = technical(error);
    let Some(server) = database(error) else {
        return match error {
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) => SourceError::Lost { read, technical },
            sqlx::Error::Decode(inner) if inner.is::<Overflow>() => too_much(&technical),
            sqlx::Error::Protocol(_) | sqlx::Error::Decode(_) => SourceError::Nonsense { technical },
            _ => SourceError::QueryFailed { technical },
        };
    };
    let message = said(server.message());
    let user = user.to_owned();
    let what = place.to_owned();
    match server.number() {
        1146 | 1049 | 1051 => SourceError::NoSuchTable {
            table: message.split('\'').nth(1).unwrap_or(place).trim_matches(['“', '”']).to_owned(),
            technical,
        },
        1142 | 1143 | 1044 | 1370 => SourceError::NoRight { user, what, technical },
        1356 | 1449 => SourceError::Other {
            what: format!("The view {place} is broken: what it reads, or the user who made it, is gone."),
            advice:
                "Ask the database's administrators to make the view anew, or read the tables it was made of."
                    .into(),
            technical,
        },
        1792 | 1290 | 1836 => SourceError::WritingQuery { what: "it writes".to_owned() },
        1205 | 1099 | 1100 | 3572 => SourceError::Locked { what, technical },
        1969 | 3024 => SourceError::QueryTimedOut { seconds },
        1213 | 1412 => SourceError::Other {
            what: "The database stopped this read in favor of other work.".into(),
            advice: "Read again, when less is changed in the database.".into(),
            technical,
        },
        1053 | 1080 | 1152 | 1159 | 1160 | 1161 | 1184 | 1317 | 1927 | 2006 | 2013 | 4031 => {
            SourceError::Lost { read, technical }
        }
        1054 if place == "your SQL" => SourceError::Other {
            what: "Your SQL names a column that is not there.".into(),
            advice: "Check the spelling, and write text in single quotes ('active').".into(),
            technical,
        },
        _ => SourceError::QueryFailed { technical },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_server_messages_are_left_out() {
        for (message, number) in [
            ("Truncated incorrect DOUBLE value: '$2y$10$abc'", 1292),
            ("Duplicate entry '$2y$10$abc' for key 'PRIMARY'", 1062),
            ("You have an error in your SQL syntax; check … to use near '$2y$10$abc' at line 1", 1064),
        ] {
            assert!(!without_values(message, number).contains("$2y"), "{message}");
        }
        let refused = "Access denied for user 'hr'@'localhost' (using password: YES)";
        assert_eq!(without_values(refused, 1045), refused);
    }
}
