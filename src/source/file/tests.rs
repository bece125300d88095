use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::excel::tests::workbook;
use super::stage::stage_and;
use crate::model::{
    ColumnName, Columns, Comparison, Condition, Explain, GroupName, Membership, People, Record, Selection,
    TableName, Value,
};
use crate::source::{
    FileSpec, Probe, Source, SourceError, SourceSpec, Within, different_values, open, overlap, uniqueness,
};

/// A folder with files.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

fn spec(path: &Path) -> FileSpec {
    FileSpec { path: path.to_owned(), ..FileSpec::default() }
}

fn source_of(spec: FileSpec) -> std::sync::Arc<dyn Source> {
    open(&SourceSpec::File(spec), None).unwrap()
}

fn source(path: &Path) -> std::sync::Arc<dyn Source> {
    source_of(spec(path))
}

async fn probe(path: &Path) -> Result<Probe, SourceError> {
    source(path).probe().await
}

async fn refused(path: &Path) -> String {
    let error = probe(path).await.unwrap_err();
    assert!(!error.advice().is_empty());
    error.to_string()
}

fn table(name: &str) -> TableName {
    TableName { schema: None, name: name.to_owned() }
}

async fn read(source: &dyn Source, selection: &Selection) -> Vec<Record> {
    let (sender, mut batches) = mpsc::channel(4);
    let stop = CancellationToken::new();
    let (end, records) = tokio::join!(source.read(selection, sender, stop), async {
        let mut all = Vec::new();
        while let Some(batch) = batches.recv().await {
            all.extend(batch);
        }
        all
    });
    let end = end.unwrap();
    assert_eq!((end.records, end.stopped), (records.len() as u64, false));
    records
}

fn texts(records: &[Record]) -> Vec<Vec<String>> {
    let text = |value: &Value| value.as_text().map_or_else(|| "-".to_owned(), std::borrow::Cow::into_owned);
    records.iter().map(|record| record.values.iter().map(text).collect()).collect()
}

const PEOPLE: &str = "id,login,email,active,age,note\n\
    1,ada,Ada@Example.com,t,36,\n2,bob,bob@example.com,f,7,\"a, b\"\n3,cyd,cyd@example.com,yes,41,100%\n\
    4,DEE,dee@example.com,0,,O'Neill\n10,eve,,1,9,\"Ünï\"\n";
const MEMBERS: &str = "person;grp\n1;admins\n1;staff\n2;staff\n10;\n";

/// The same people as a file and as a SQLite database.
async fn both(folder: &Folder) -> (std::sync::Arc<dyn Source>, std::sync::Arc<dyn Source>) {
    let mut file = spec(&folder.put("people.csv", PEOPLE));
    file.with = Some(folder.put("members.csv", MEMBERS));
    let database = folder.0.path().join("people.db");
    let mut connection =
        SqliteConnection::connect(&format!("sqlite://{}?mode=rwc", database.display())).await.unwrap();
    let mut script = String::new();
    for (name, text, delimiter) in [("people", PEOPLE, b','), ("members", MEMBERS, b';')] {
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
        let columns: Vec<String> =
            reader.headers().unwrap().iter().map(|name| format!("{name} TEXT")).collect();
        script += &format!("CREATE TABLE {name} ({});", columns.join(", "));
        for row in reader.records() {
            let value = |cell: &str| match cell {
                "" => "NULL".to_owned(),
                cell => format!("'{}'", cell.replace('\'', "''")),
            };
            let values: Vec<String> = row.unwrap().iter().map(value).collect();
            script += &format!("INSERT INTO {name} VALUES ({});", values.join(", "));
        }
    }
    sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let spec = SourceSpec::parse_url(&format!("sqlite://{}", database.display())).unwrap().0;
    (source_of(file), open(&spec, None).unwrap())
}

#[tokio::test]
async fn a_file_answers_as_a_database_does() {
    let folder = Folder::new();
    let (file, database) = both(&folder).await;
    let people = Selection { key: vec!["login".into()], ..Selection::table(table("people")) };
    let sorted = |mut records: Vec<Record>| {
        records.sort_by(|a, b| a.key.cmp(&b.key));
        records
    };
    let everyone = sorted(read(&*file, &people).await);
    assert_eq!(everyone, sorted(read(&*database, &people).await));
    assert_eq!(everyone.len(), 5);
    for comparison in [
        Comparison::Is,
        Comparison::IsNot,
        Comparison::Contains,
        Comparison::StartsWith,
        Comparison::HasValue,
        Comparison::IsEmpty,
        Comparison::Above,
        Comparison::Below,
        Comparison::Yes,
        Comparison::No,
    ] {
        for (column, value) in [
            ("login", "DEE"),
            ("login", "b"),
            ("email", "EXAMPLE"),
            ("age", "9"),
            ("active", "1"),
            ("note", "%"),
            ("note", "ü"),
        ] {
            let only = vec![Condition { column: column.into(), comparison, value: value.into() }];
            let selection = Selection { only, ..people.clone() };
            let (own, other) = (read(&*file, &selection).await, read(&*database, &selection).await);
            assert_eq!(sorted(own), sorted(other), "{comparison:?} {column} {value}");
        }
    }
    let membership = Membership {
        person_key: "id".into(),
        members: table("members"),
        member_person: "person".into(),
        group: GroupName::Column("grp".into()),
        only: Vec::new(),
        only_groups: Vec::new(),
    };
    let grouped = Selection { groups: Some(membership), ..people.clone() };
    let own = sorted(read(&*file, &grouped).await);
    assert_eq!(own, sorted(read(&*database, &grouped).await));
    let ada = own.iter().find(|record| record.key == "ada").unwrap();
    assert_eq!(ada.groups, ["admins", "staff"]);

    for (column, value) in [("login", "ADA"), ("email", "ada@example.COM"), ("login", "nobody")] {
        let own = file.find(&grouped, column, value, 5).await.unwrap();
        assert_eq!(own, database.find(&grouped, column, value, 5).await.unwrap(), "{column} {value}");
    }
    assert_eq!(
        file.find_key(&grouped, "DEE").await.unwrap(),
        database.find_key(&grouped, "DEE").await.unwrap()
    );
    assert_eq!(file.find_key(&grouped, "DEE").await.unwrap().unwrap().len(), 1);

    let sql = "SELECT p.*, m.grp FROM people p LEFT JOIN members m ON m.person = p.id WHERE p.id <> 4";
    let own_sql = Selection {
        people: People::Sql(sql.into()),
        key: vec!["id".into()],
        only: Vec::new(),
        groups: None,
        more_groups: Vec::new(),
    };
    assert_eq!(sorted(read(&*file, &own_sql).await), sorted(read(&*database, &own_sql).await));
    let (own, other) = (file.sample(&own_sql, 2).await.unwrap(), database.sample(&own_sql, 2).await.unwrap());
    assert_eq!((own.columns, own.rows, own.exact), (other.columns, other.rows, other.exact));

    let columns = Columns::new(["id", "login", "email", "active", "age", "note"]);
    let all = ["id", "email", "active"];
    assert_eq!(
        uniqueness(&*file, &people.people, &columns, &all).await.unwrap(),
        uniqueness(&*database, &people.people, &columns, &all).await.unwrap()
    );
    let of = ColumnName { table: table("members"), column: "person".into() };
    let within =
        [Within { column: ColumnName { table: table("people"), column: "id".into() }, as_text: false }];
    let own = overlap(&*file, &of, None, &within).await.unwrap().unwrap();
    assert_eq!(own, overlap(&*database, &of, None, &within).await.unwrap().unwrap());
    assert_eq!((own.values, own.found), (3, vec![3]));
    let groups = ColumnName { table: table("members"), column: "grp".into() };
    assert_eq!(
        different_values(&*file, &groups, 9).await.unwrap(),
        different_values(&*database, &groups, 9).await.unwrap()
    );
}

#[tokio::test]
async fn what_a_file_is_is_said() {
    let folder = Folder::new();
    let form = async |name: &str, bytes: &[u8]| probe(&folder.put(name, bytes)).await.unwrap().server;
    assert_eq!(form("a.csv", b"id;name\n1;Ada\n").await, "CSV · UTF-8 · semicolon-separated");
    assert_eq!(form("b.txt", b"id\tname\n1\tJos\xe9\n").await, "CSV · Windows-1252 · tab-separated");
    assert_eq!(form("c.json", b"[{\"id\":1}]").await, "JSON · UTF-8");
    assert_eq!(form("d.ldif", b"dn: cn=a\ncn: a\n").await, "LDIF · UTF-8");
    assert_eq!(
        form("e.sql", b"CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);").await,
        "SQL dump · UTF-8"
    );
    let sheet = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>id</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row></sheetData>";
    let book = workbook(&[("People", sheet)], "");
    assert_eq!(form("f.xlsx", &book).await, "Excel workbook");
    assert_eq!(form("g.csv", &book).await, "Excel workbook (though it is named .csv)");
    let utf16: Vec<u8> = "\u{feff}id,name\n1,李伟\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(form("h.csv", &utf16).await, "CSV · UTF-16 LE · comma-separated");
}

#[tokio::test]
async fn what_can_t_be_read_says_why() {
    let folder = Folder::new();
    let said = async |bytes: &[u8]| refused(&folder.put("people.csv", bytes)).await;
    assert_eq!(said(b"").await, "There is nobody in “people.csv”: it is empty.");
    assert_eq!(said(b" \r\n\r\n").await, "There is nobody in “people.csv”: it is empty.");
    assert!(said(b"SQLite format 3\0").await.ends_with("is a SQLite database."));
    assert!(said(b"\x1f\x8b\x08").await.contains("compressed"));
    assert!(said(b"PK\x03\x04 nothing").await.contains("damaged"));
    assert!(said(&[0, 1, 2, 0xff].repeat(200)).await.contains("isn't a text"));
    assert!(said(b"{\"id\": 1}\n{\"id\": 2").await.starts_with("Row 2 of “people.csv” can't be read"));
    assert!(matches!(probe(folder.0.path()).await, Err(SourceError::FileIsFolder { .. })));
    assert!(matches!(probe(&folder.0.path().join("no.csv")).await, Err(SourceError::FileMissing { .. })));
    let mut bad = spec(&folder.put("people.csv", PEOPLE));
    bad.encoding = Some("klingon".into());
    assert!(open(&SourceSpec::File(bad), None).is_err());
}

#[tokio::test]
async fn what_is_set_counts() {
    let folder = Folder::new();
    let path = folder.put("people.csv", b"1,J\xe9;x\n2,b;y\n");
    let mut spec = spec(&path);
    (spec.delimiter, spec.header, spec.encoding) =
        (Some(";".into()), Some(false), Some("windows-1252".into()));
    let source = source_of(spec);
    let records = read(&*source, &Selection::table(table("people"))).await;
    assert_eq!(texts(&records), [["1,Jé", "x"], ["2,b", "y"]]);
    assert_eq!(records[0].columns.names(), ["column_1", "column_2"]);
}

#[tokio::test]
async fn lists_and_truths_come_as_they_are() {
    let folder = Folder::new();
    let json = "[{\"id\":1,\"on\":true,\"roles\":[\"a\",\"b\"],\"n\":{\"f\":\"0033\"}},{\"id\":2,\"on\":false,\"roles\":\"c\",\"x\":[]}]";
    let source = source(&folder.put("people.json", json));
    let selection = Selection { key: vec!["id".into()], ..Selection::table(table("people")) };
    let records = read(&*source, &selection).await;
    let text = |text: &str| Value::Text(text.into());
    assert_eq!(records[0].columns.names(), ["id", "on", "roles", "n.f", "x"]);
    assert_eq!(
        records[0].values,
        [
            Value::Integer(1),
            Value::Bool(true),
            Value::List(vec![text("a"), text("b")]),
            text("0033"),
            Value::Null
        ]
    );
    assert_eq!(records[1].values[2..], [text("c"), Value::Null, Value::List(Vec::new())]);
    assert_eq!(source.find(&selection, "id", "2", 5).await.unwrap()[0].key, "2");
}

#[tokio::test]
async fn a_file_that_changed_is_read_again() {
    let folder = Folder::new();
    let path = folder.put("people.csv", "id,name\n1,Ada\n");
    let source = source(&path);
    let everyone = Selection::table(table("people"));
    assert_eq!(read(&*source, &everyone).await.len(), 1);
    folder.put("people.csv", "id,name\n1,Ada\n2,Bob\n");
    assert_eq!(read(&*source, &everyone).await.len(), 2);
    // In the middle of reading it is refused, and what was read of it is not taken.
    let spec = spec(&path);
    let changed = stage_and(&spec, || {
        folder.put("people.csv", "id,name\n");
    });
    let Err(error) = changed.await else { panic!("taken") };
    assert_eq!(error.to_string(), "“people.csv” changed while it was being read.");
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(source.probe().await, Err(SourceError::FileMissing { .. })));
}

#[tokio::test]
async fn an_encoding_that_changes_late_is_found() {
    let folder = Folder::new();
    let mut bytes = b"id,name\n".to_vec();
    for n in 0..40_000 {
        bytes.extend_from_slice(format!("{n},Somebody\n").as_bytes());
    }
    bytes.extend_from_slice(b"40000,Jos\xe9\n");
    let path = folder.put("people.csv", &bytes);
    assert_eq!(probe(&path).await.unwrap().server, "CSV · Windows-1252 · comma-separated");
    let found = source(&path).find(&Selection::table(table("people")), "id", "40000", 2).await.unwrap();
    assert_eq!(texts(&found), [["40000", "José"]]);
}

#[tokio::test]
async fn two_askers_at_once_each_get_an_answer() {
    let folder = Folder::new();
    let path = folder.put("people.csv", PEOPLE);
    let (a, b) = (source(&path), source(&path));
    let everyone = Selection::table(table("people"));
    let (sender, mut batches) = mpsc::channel(1);
    // A reading that nobody takes from holds its copy; the question gets another.
    let reading = a.read(&everyone, sender, CancellationToken::new());
    let asking = async {
        let found = b.find(&everyone, "login", "ada", 2).await.unwrap();
        batches.recv().await;
        found
    };
    let (_, found) = tokio::join!(reading, asking);
    assert_eq!(found.len(), 1);
}

#[tokio::test]
async fn own_sql_can_change_nothing() {
    let folder = Folder::new();
    let source = source(&folder.put("people.csv", PEOPLE));
    for sql in ["DELETE FROM people", "SELECT 1; DROP TABLE people", "PRAGMA query_only = OFF"] {
        let own = Selection {
            people: People::Sql(sql.into()),
            key: vec![],
            only: vec![],
            groups: None,
            more_groups: vec![],
        };
        assert!(source.sample(&own, 1).await.is_err(), "{sql}");
    }
    assert_eq!(read(&*source, &Selection::table(table("people"))).await.len(), 5);
}
