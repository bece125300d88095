//! The catalog's views, as tables that are filled from SQLite's own catalog.

use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use super::types::Kind;
use super::{Settings, Shared, Snapshot};

const TABLES: &str = "
CREATE TABLE sys.schemas (schema_id int, name sysname);
CREATE TABLE sys.objects (object_id int, schema_id int, name sysname, type char(2), is_ms_shipped bit);
CREATE TABLE sys.columns (object_id int, column_id int, name sysname, system_type_id tinyint, user_type_id int, max_length smallint,
    precision tinyint, scale tinyint, collation_name sysname, is_nullable bit);
CREATE TABLE sys.types (system_type_id tinyint, user_type_id int, name sysname, is_user_defined bit, is_assembly_type bit);
CREATE TABLE sys.synonyms (object_id int, schema_id int, name sysname, base_object_name nvarchar(1035));
CREATE TABLE sys.indexes (object_id int, index_id int, name sysname, is_primary_key bit);
CREATE TABLE sys.index_columns (object_id int, index_id int, column_id int, key_ordinal tinyint);
CREATE TABLE sys.foreign_keys (object_id int, name sysname, parent_object_id int, referenced_object_id int);
CREATE TABLE sys.foreign_key_columns (constraint_object_id int, constraint_column_id int, parent_object_id int, parent_column_id int,
    referenced_object_id int, referenced_column_id int);
CREATE TABLE sys.partitions (object_id int, index_id int, rows bigint);
CREATE TABLE sys.databases (database_id int, name sysname, snapshot_isolation_state tinyint, is_read_committed_snapshot_on bit,
    is_read_only bit, collation_name sysname);
CREATE TABLE sys.security_policies (object_id int, is_enabled bit);
CREATE TABLE sys.security_predicates (object_id int, target_object_id int, predicate_type int);
INSERT INTO sys.security_policies VALUES (900, 1);
CREATE TABLE sys.\"#denied\" (name nvarchar(300));
CREATE TABLE sys.\"#properties\" (name nvarchar(100), value nvarchar(300));
";

/// Fills the schema `sys` of a session.
pub(super) async fn fill(
    db: &mut SqliteConnection,
    shared: &Shared,
    database: &str,
    user: &str,
    schemas: &[String],
) -> Result<(), sqlx::Error> {
    let settings = &shared.settings;
    let mut sql = String::from(TABLES);
    for kind in KINDS {
        let (name, number, ..) = Kind::of(kind).unwrap().catalog();
        sql.push_str(&format!("INSERT INTO sys.types VALUES ({number}, {number}, '{name}', 0, 0);"));
    }
    let (major, minor, build) = settings.version;
    let year = match major {
        16.. => "2022",
        15 => "2019",
        14 => "2017",
        13 => "2016",
        _ => "2014",
    };
    let properties = [
        ("ProductVersion", format!("{major}.{minor}.{build}.2")),
        ("ProductMajorVersion", major.to_string()),
        ("Edition", "Stand-in Edition (64-bit)".into()),
        ("EngineEdition", "3".into()),
        ("Updateability", "READ_WRITE".into()),
        ("DB_NAME", database.into()),
        ("SUSER_SNAME", user.into()),
        ("SYSTEM_USER", user.into()),
        ("SCHEMA_NAME", "dbo".into()),
        ("@@SPID", "51".into()),
        ("@@TRANCOUNT", "0".into()),
        ("@@VERSION", format!("Microsoft SQL Server {year} (RTM) - {major}.{minor}.{build}.2 (X64)")),
    ];
    for (name, value) in properties {
        sql.push_str(&format!(
            "INSERT INTO sys.\"#properties\" VALUES ('{name}', '{}');",
            value.replace('\'', "''")
        ));
    }
    let (allowed, committed) = match settings.snapshot {
        Snapshot::No => (0, 0),
        Snapshot::Allowed => (1, 0),
        Snapshot::Committed => (0, 1),
    };
    sql.push_str(&format!(
        "INSERT INTO sys.databases VALUES (5, '{}', {allowed}, {committed}, 0, 'SQL_Latin1_General_CP1_CI_AS');",
        database.replace('\'', "''")
    ));
    let mut number = 1000;
    let mut objects = Vec::new();
    for (at, schema) in schemas.iter().enumerate() {
        let id = if schema == "dbo" { 1 } else { 5 + at };
        sql.push_str(&format!("INSERT INTO sys.schemas VALUES ({id}, {});", literal(schema)));
        let list = format!(
            "SELECT name, type FROM \"{schema}\".sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
        );
        for row in sqlx::query(AssertSqlSafe(list)).fetch_all(&mut *db).await? {
            let (name, kind): (String, String) = (row.get(0), row.get(1));
            number += 1;
            let letter = if kind == "view" { "V" } else { "U" };
            sql.push_str(&format!(
                "INSERT INTO sys.objects VALUES ({number}, {id}, {}, '{letter}', 0);",
                literal(&name)
            ));
            if settings.filtered.contains(&name) {
                sql.push_str(&format!("INSERT INTO sys.security_predicates VALUES (900, {number}, 0);"));
            }
            if settings.denied.contains(&name) {
                let full = format!("[{}].[{}]", schema.replace(']', "]]"), name.replace(']', "]]"));
                sql.push_str(&format!("INSERT INTO sys.\"#denied\" VALUES ({});", literal(&full)));
            }
            objects.push((schema.clone(), name, kind, number));
        }
    }
    for (schema, name, kind, id) in &objects {
        columns(db, &mut sql, settings, schema, name, *id).await?;
        if kind == "table" {
            let count = format!("SELECT count(*) FROM \"{schema}\".{}", quoted(name));
            let rows: i64 = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut *db).await?;
            sql.push_str(&format!("INSERT INTO sys.partitions VALUES ({id}, 1, {rows});"));
        }
    }
    // Now that every column has its number.
    for (schema, name, _, id) in &objects {
        foreign_keys(db, &mut sql, &objects, schema, name, *id).await?;
    }
    for (name, base) in &settings.synonyms {
        number += 1;
        sql.push_str(&format!("INSERT INTO sys.objects VALUES ({number}, 1, {}, 'SN', 0);", literal(name)));
        sql.push_str(&format!(
            "INSERT INTO sys.synonyms VALUES ({number}, 1, {}, {});",
            literal(name),
            literal(base)
        ));
    }
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *db).await?;
    Ok(())
}

/// Every type there is, to be listed.
const KINDS: [&str; 22] = [
    "tinyint",
    "smallint",
    "int",
    "bigint",
    "bit",
    "decimal",
    "money",
    "real",
    "float",
    "nvarchar",
    "nchar",
    "varchar",
    "char",
    "varbinary",
    "binary",
    "uniqueidentifier",
    "datetime",
    "smalldatetime",
    "datetime2",
    "datetimeoffset",
    "date",
    "time",
];

async fn columns(
    db: &mut SqliteConnection,
    sql: &mut String,
    settings: &Settings,
    schema: &str,
    name: &str,
    id: i32,
) -> Result<(), sqlx::Error> {
    let collation = match settings.code_page {
        super::CodePage::Latin1 => "'SQL_Latin1_General_CP1_CI_AS'",
        super::CodePage::Cyrillic => "'Cyrillic_General_CI_AS'",
    };
    let list = format!(
        "SELECT name, type, \"notnull\", pk FROM pragma_table_info({}, {}) ORDER BY cid",
        literal(name),
        literal(schema)
    );
    let mut has_key = false;
    for (at, row) in sqlx::query(AssertSqlSafe(list)).fetch_all(&mut *db).await?.iter().enumerate() {
        let (column, declared): (String, String) = (row.get(0), row.get(1));
        let (not_null, key): (i64, i64) = (row.get(2), row.get(3));
        let kind = Kind::of(&declared).unwrap_or(Kind::NVarchar(Some(4000)));
        let (_, number, length, precision, scale) = kind.catalog();
        let place = at + 1;
        sql.push_str(&format!(
            "INSERT INTO sys.columns VALUES ({id}, {place}, {}, {number}, {number}, {length}, {precision}, {scale}, {}, {});",
            literal(&column),
            if kind.has_collation() { collation } else { "NULL" },
            i32::from(not_null == 0)
        ));
        if key > 0 {
            has_key = true;
            sql.push_str(&format!("INSERT INTO sys.index_columns VALUES ({id}, 1, {place}, {key});"));
        }
    }
    if has_key {
        sql.push_str(&format!("INSERT INTO sys.indexes VALUES ({id}, 1, 'PK', 1);"));
    }
    Ok(())
}

async fn foreign_keys(
    db: &mut SqliteConnection,
    sql: &mut String,
    objects: &[(String, String, String, i32)],
    schema: &str,
    name: &str,
    id: i32,
) -> Result<(), sqlx::Error> {
    let list = format!(
        "SELECT id, seq, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list({}, {}) ORDER BY id, seq",
        literal(name),
        literal(schema)
    );
    for row in sqlx::query(AssertSqlSafe(list)).fetch_all(&mut *db).await? {
        let (key, part, table): (i64, i64, String) = (row.get(0), row.get(1), row.get(2));
        let (here, there): (String, Option<String>) = (row.get(3), row.get(4));
        let Some((.., other)) =
            objects.iter().find(|(own, own_name, ..)| own == schema && *own_name == table)
        else {
            continue;
        };
        let number = i64::from(id) * 100 + key + 100_000;
        if part == 0 {
            sql.push_str(&format!(
                "INSERT INTO sys.foreign_keys VALUES ({number}, 'FK{number}', {id}, {other});"
            ));
        }
        let column = |object: i32, name: &str| {
            format!(
                "(SELECT column_id FROM sys.columns WHERE object_id = {object} AND name = {} COLLATE NOCASE)",
                literal(name)
            )
        };
        sql.push_str(&format!(
            "INSERT INTO sys.foreign_key_columns VALUES ({number}, {}, {id}, {}, {other}, {});",
            part + 1,
            column(id, &here),
            column(*other, there.as_deref().unwrap_or("id"))
        ));
    }
    Ok(())
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
