//! Values as they stand in the file, whatever they are.
//!
//! Whoever writes the file can put text where a number was, or bytes that are no text. Where many rows are read together, one such
//! value must not keep the others from being read: it is read as well as it can be. What such a value may decide, its tag says.

use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteTypeInfo, SqliteValueRef};
use sqlx::{Decode, Sqlite, Type};

/// A text; what is none is read as well as it can be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Text(pub(crate) String);

/// A number; 0 for what is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Number(pub(crate) i64);

impl Number {
    /// A count: never less than nothing, and never so much that a sum of some of them overflows.
    pub(crate) fn count(self) -> u64 {
        u64::try_from(self.0).unwrap_or(0).min(1 << 48)
    }
}

impl Type<Sqlite> for Text {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }

    fn compatible(_: &SqliteTypeInfo) -> bool {
        true
    }
}

impl Decode<'_, Sqlite> for Text {
    fn decode(value: SqliteValueRef<'_>) -> Result<Self, BoxDynError> {
        let bytes = <Vec<u8> as Decode<Sqlite>>::decode(value)?;
        Ok(Self(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

impl Type<Sqlite> for Number {
    fn type_info() -> SqliteTypeInfo {
        <i64 as Type<Sqlite>>::type_info()
    }

    fn compatible(_: &SqliteTypeInfo) -> bool {
        true
    }
}

impl Decode<'_, Sqlite> for Number {
    fn decode(value: SqliteValueRef<'_>) -> Result<Self, BoxDynError> {
        Ok(Self(<i64 as Decode<Sqlite>>::decode(value)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{Connection as _, SqliteConnection};

    #[tokio::test]
    async fn whatever_stands_there_is_read() {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        for (sql, text, number) in [
            ("'a'", "a", 0),
            ("7", "7", 7),
            ("x'ff61'", "\u{fffd}a", 0),
            ("CAST(x'ff61' AS TEXT)", "\u{fffd}a", 0),
            ("'12abc'", "12abc", 12),
            ("2.5", "2.5", 2),
            ("9e99", "9.0e+99", i64::MAX),
            ("NULL", "", 0),
        ] {
            let sql = format!("SELECT {sql}, {sql}");
            let row: (Text, Number) =
                sqlx::query_as(sqlx::AssertSqlSafe(sql.clone())).fetch_one(&mut connection).await.unwrap();
            assert_eq!(row, (Text(text.into()), Number(number)), "{sql}");
        }
        let none: Option<Text> = sqlx::query_scalar("SELECT NULL").fetch_one(&mut connection).await.unwrap();
        assert_eq!(none, None);
    }
}
