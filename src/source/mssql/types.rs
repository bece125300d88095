//! SQL Server's types: how they are written, and how they compare.

use crate::source::sql::Kind;

/// A type as the catalog has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Type {
    /// Its system name in small letters, e.g. `nvarchar`; an alias stands for the type below it.
    pub(super) name: String,
    /// Its greatest length in bytes; -1 is `(max)`.
    pub(super) length: i32,
    pub(super) precision: u8,
    pub(super) scale: u8,
}

impl Type {
    /// Out of how it is written: `decimal(18,4)`.
    pub(super) fn of(written: &str, length: i32) -> Self {
        let (name, rest) = written.split_once('(').unwrap_or((written, ""));
        let mut numbers = rest.trim_end_matches(')').split(',').map(|n| n.trim().parse().unwrap_or(0));
        let (first, second) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        let name = name.trim().to_lowercase();
        // Of a number the first is how many digits there are, of a moment how many stand after the second.
        let (precision, scale) = if rest.contains(',') { (first, second) } else { (0, first) };
        Self { name, length, precision, scale }
    }

    /// As people write it: `nvarchar(255)`, `decimal(18,4)`.
    pub(super) fn shown(&self) -> String {
        let name = &self.name;
        let length = |unit: i32| match self.length {
            -1 => format!("{name}(max)"),
            bytes => format!("{name}({})", bytes / unit),
        };
        match name.as_str() {
            "nvarchar" | "nchar" => length(2),
            "varchar" | "char" | "varbinary" | "binary" => length(1),
            "decimal" | "numeric" => format!("{name}({},{})", self.precision, self.scale),
            "datetime2" | "datetimeoffset" | "time" => format!("{name}({})", self.scale),
            _ => name.clone(),
        }
    }

    /// How it compares.
    pub(super) fn kind(&self) -> Kind {
        match self.name.as_str() {
            "nvarchar" | "varchar" | "nchar" | "char" | "sysname" => Kind::Text,
            "bit" => Kind::Bool,
            "tinyint" | "smallint" | "int" | "bigint" | "decimal" | "numeric" | "money" | "smallmoney"
            | "float" | "real" => Kind::Number,
            "date" | "datetime" | "smalldatetime" | "datetime2" | "datetimeoffset" => Kind::Time,
            "uniqueidentifier" | "time" | "binary" | "varbinary" | "timestamp" | "rowversion"
            | "sql_variant" => Kind::Ordered,
            // Neither `ORDER BY` nor `=` know text, ntext, image, xml and what programs added.
            _ => Kind::Odd,
        }
    }

    /// What a text is turned into before it is compared with a column of this type as it is; `None` where it compares as text.
    pub(super) fn cast(&self) -> Option<String> {
        match self.kind() {
            Kind::Text | Kind::Odd => None,
            _ if self.name == "sql_variant" => None,
            _ => Some(self.shown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, length: i32, precision: u8, scale: u8) -> Type {
        Type { name: name.into(), length, precision, scale }
    }

    #[test]
    fn types_as_people_write_them() {
        assert_eq!(of("nvarchar", 510, 0, 0).shown(), "nvarchar(255)");
        assert_eq!(of("nvarchar", -1, 0, 0).shown(), "nvarchar(max)");
        assert_eq!(of("varchar", 50, 0, 0).shown(), "varchar(50)");
        assert_eq!(of("decimal", 9, 18, 4).shown(), "decimal(18,4)");
        assert_eq!(of("datetime2", 8, 27, 7).shown(), "datetime2(7)");
        assert_eq!(of("int", 4, 10, 0).shown(), "int");
        assert_eq!(of("int", 4, 10, 0).cast().as_deref(), Some("int"));
        assert_eq!(of("xml", -1, 0, 0).cast(), None);
    }
}
