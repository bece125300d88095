//! An SQL script with data, without a server: what pg_dump (`COPY` and `INSERT`), mysqldump and sqlite3's `.dump` write.
//!
//! `CREATE TABLE` gives columns and keys, `COPY` and `INSERT` rows; all else is passed over.

use std::io::Read;

use super::fault::Fault;
use super::notes::About;
use super::rows::{Harvest, LONGEST, Reader};
use crate::model::Value;

mod ddl;
mod script;
mod values;

use ddl::Said;
use script::{Script, Token};
use values::Type;

/// The most words of a statement that says something of a table.
const WORDS: usize = 100_000;

/// A script that is being read.
pub(super) struct Dump {
    script: Script,
    rows: Option<Rows>,
    line: Vec<u8>,
}

/// Rows that follow.
struct Rows {
    table: usize,
    columns: Vec<(usize, Type)>,
    /// Whether they are lines, and not lists in brackets.
    lines: bool,
}

impl Dump {
    /// `head`: the script's beginning.
    pub(super) fn new(input: Box<dyn Read + Send>, head: &str) -> Self {
        let mysql = head.contains("-- MySQL dump")
            || head.contains("-- MariaDB dump")
            || head.contains("phpMyAdmin")
            || (head.contains("CREATE TABLE `") || head.contains("INSERT INTO `"));
        Self { script: Script::new(input, mysql), rows: None, line: Vec::new() }
    }

    /// The rest of a statement, as words. At its end, or where `stop` says: then that word is the last.
    fn words(&mut self, stop: impl Fn(&Token) -> bool) -> Result<Vec<Token>, Fault> {
        let mut words = Vec::new();
        let mut bytes = 0_usize;
        while let Some(token) = self.script.token()? {
            if token == Token::Sign(b';') {
                break;
            }
            bytes += match &token {
                Token::Word(text) | Token::Name(text) => text.len(),
                Token::Text(bytes) | Token::Bytes(bytes) => bytes.len(),
                Token::Sign(_) => 1,
            };
            if words.len() >= WORDS || bytes > LONGEST {
                return Err(Fault::TooLong { row: self.script.scan.line() });
            }
            let last = stop(&token);
            words.push(token);
            if last {
                break;
            }
        }
        Ok(words)
    }

    fn pass_over(&mut self) -> Result<(), Fault> {
        while let Some(token) = self.script.token()? {
            if token == Token::Sign(b';') {
                break;
            }
        }
        Ok(())
    }

    fn rest_of_line(&mut self) -> Result<bool, Fault> {
        Ok(self.script.scan.line_into(&mut self.line, LONGEST)?.is_some())
    }

    /// One statement. `false` at the end.
    fn statement(&mut self, out: &mut Harvest) -> Result<bool, Fault> {
        let Some(first) = self.script.token()? else { return Ok(false) };
        if first.is("create") {
            let words = self.words(|_| false)?;
            let table = words.iter().take(4).position(|word| word.is("table"));
            if let Some((name, said)) = table.and_then(|at| ddl::create(&words[at + 1..])) {
                take(out, &name, said);
            }
        } else if first.is("alter") {
            let words = self.words(|_| false)?;
            if words.first().is_some_and(|word| word.is("table"))
                && let Some((name, said)) = ddl::alter(&words[1..])
            {
                take(out, &name, said);
            }
        } else if first.is("copy") {
            let words = self.words(|_| false)?;
            self.copy(&words, out)?;
        } else if first.is("insert") || first.is("replace") {
            let words = self.words(|word| word.is("values") || word.is("select"))?;
            let rows = words.last().is_some_and(|word| word.is("values"));
            match words.iter().position(|word| word.is("into")) {
                Some(into) if rows => self.rows = rows_of(&words[into + 1..], out, false),
                _ if words.last().is_some_and(|word| word.is("select")) => self.pass_over()?,
                _ => {}
            }
        } else if first.is("update") || first.is("delete") || first.is("merge") {
            let words = self.words(|_| false)?;
            // SQLite's own dump empties its counters before it fills them.
            if !words.iter().any(|word| word.is("sqlite_sequence")) {
                return Err(Fault::Wrong {
                    is: "changes rows after it wrote them (UPDATE, DELETE or MERGE)".to_owned(),
                    advice: "Causeway reads the rows of a dump and runs nothing. Run the script on a database, and read people from there."
                        .to_owned(),
                });
            }
        } else if first.is("delimiter") {
            // Triggers and functions of MySQL, up to where the delimiter is a semicolon again.
            loop {
                if !self.rest_of_line()? {
                    break;
                }
                let line = self.line.to_ascii_lowercase();
                if line.starts_with(b"delimiter ") && line.trim_ascii_end().ends_with(b" ;") {
                    break;
                }
            }
        } else if first == Token::Sign(b'\\') {
            self.rest_of_line()?;
        } else if first != Token::Sign(b';') {
            self.pass_over()?;
        }
        Ok(true)
    }

    fn copy(&mut self, words: &[Token], out: &mut Harvest) -> Result<(), Fault> {
        if !words.last().is_some_and(|word| word.is("stdin")) {
            return Ok(());
        }
        self.rest_of_line()?;
        self.rows = rows_of(words, out, true);
        Ok(())
    }

    /// One row. `false` after the last.
    fn row(&mut self, rows: &Rows, out: &mut Harvest) -> Result<bool, Fault> {
        let row = self.script.scan.line();
        if rows.lines {
            match self.script.scan.line_into(&mut self.line, LONGEST)? {
                None => return Err(cut(row)),
                Some(false) => return Err(Fault::TooLong { row }),
                Some(true) => {}
            }
            if self.line == b"\\." {
                return Ok(false);
            }
            let fields: Vec<Value> = self
                .line
                .split(|byte| *byte == b'\t')
                .enumerate()
                .map(|(at, field)| values::copied(field, rows.columns.get(at).map_or(Type::Text, |c| c.1)))
                .collect();
            place(rows, fields, row, out);
            return Ok(true);
        }
        match self.script.token()? {
            None => Err(cut(row)),
            Some(Token::Sign(b';')) => Ok(false),
            Some(Token::Sign(b',')) => Ok(true),
            Some(Token::Sign(b'(')) => {
                let fields = self.tuple(rows, row)?;
                place(rows, fields, row, out);
                Ok(true)
            }
            // ON CONFLICT …, ON DUPLICATE KEY …
            Some(_) => {
                self.pass_over()?;
                Ok(false)
            }
        }
    }

    /// The values of a row, up to its closing bracket.
    fn tuple(&mut self, rows: &Rows, row: u64) -> Result<Vec<Value>, Fault> {
        let (mut fields, mut words, mut depth, mut bytes) = (Vec::new(), Vec::new(), 0_usize, 0_usize);
        loop {
            let Some(token) = self.script.token()? else { return Err(cut(row)) };
            bytes += match &token {
                Token::Text(text) | Token::Bytes(text) => text.len(),
                _ => 16,
            };
            if bytes > LONGEST {
                return Err(Fault::TooLong { row });
            }
            match token {
                Token::Sign(sign @ (b',' | b')')) if depth == 0 => {
                    let of = rows.columns.get(fields.len()).map_or(Type::Text, |column| column.1);
                    fields.push(values::inserted(std::mem::take(&mut words), of));
                    if sign == b')' {
                        return Ok(fields);
                    }
                }
                Token::Sign(b')') => depth -= 1,
                Token::Sign(b'(') => depth += 1,
                token => words.push(token),
            }
        }
    }
}

fn cut(row: u64) -> Fault {
    Fault::Malformed { row, what: "the file ends in the middle of a table's rows".into() }
}

/// Takes what a statement says of a table.
fn take(out: &mut Harvest, name: &str, said: Said) {
    let table = out.table(name);
    let draft = &mut out.tables[table];
    for (column, stated) in said.columns {
        if let Some(at) = draft.column(&column) {
            draft.types.insert(at, stated);
        }
    }
    if !said.primary_key.is_empty() {
        draft.primary_key = said.primary_key;
    }
    draft.foreign_keys.extend(said.foreign_keys);
}

/// The table and columns that rows follow for: `name (a, b)`.
fn rows_of(words: &[Token], out: &mut Harvest, lines: bool) -> Option<Rows> {
    let mut at = 0;
    let name = ddl::table_name(words, &mut at)?;
    let (named, _) = ddl::names(words, at);
    let table = out.table(&name);
    let draft = &mut out.tables[table];
    let of =
        |draft: &super::rows::Draft, at: usize| draft.types.get(&at).map_or(Type::Text, |of| Type::of(of));
    let columns = if named.is_empty() {
        (0..draft.columns.len()).map(|at| (at, of(draft, at))).collect()
    } else {
        let at: Vec<usize> = named.iter().filter_map(|column| draft.column(column)).collect();
        at.into_iter().map(|at| (at, of(draft, at))).collect()
    };
    Some(Rows { table, columns, lines })
}

/// Puts a row's values where their columns are.
fn place(rows: &Rows, fields: Vec<Value>, row: u64, out: &mut Harvest) {
    if !rows.columns.is_empty() && fields.len() != rows.columns.len() {
        out.notes.row(&About::Long, row);
    }
    let draft = &mut out.tables[rows.table];
    let mut values = vec![Value::Null; draft.columns.len()];
    for (at, field) in fields.into_iter().enumerate() {
        let column = match rows.columns.get(at) {
            Some((column, _)) => *column,
            None if rows.columns.is_empty() && at < draft.columns.len() => at,
            None => match draft.add("") {
                Some(column) => column,
                None => continue,
            },
        };
        if values.len() <= column {
            values.resize(column + 1, Value::Null);
        }
        values[column] = field;
    }
    out.push(rows.table, values);
}

impl Reader for Dump {
    fn fill(&mut self, out: &mut Harvest) -> Result<bool, Fault> {
        while !out.full() {
            let more = match self.rows.take() {
                Some(rows) => {
                    if self.row(&rows, out)? {
                        self.rows = Some(rows);
                    }
                    true
                }
                None => self.statement(out)?,
            };
            if !more {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &[u8]) -> Result<Harvest, Fault> {
        let head = String::from_utf8_lossy(text).into_owned();
        let mut reader = Dump::new(Box::new(std::io::Cursor::new(text.to_vec())), &head);
        let mut out = Harvest::default();
        let mut all = Vec::new();
        while reader.fill(&mut out)? {
            all.extend(out.take_rows());
        }
        all.extend(out.take_rows());
        out.rows = all;
        Ok(out)
    }

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    const PG: &str = "--\n-- PostgreSQL database dump\n--\n\\restrict abc\nSET client_encoding = 'UTF8';\nCREATE FUNCTION public.f() RETURNS \
        trigger LANGUAGE plpgsql AS $_$ BEGIN; INSERT INTO users VALUES (99); END $_$;\nCREATE TABLE public.users (\n    id integer NOT \
        NULL,\n    email character varying(255) DEFAULT 'a;b'::character varying NOT NULL,\n    active boolean,\n    roles text[],\n    \
        key text\n);\nCOPY public.users (id, email, active, roles, key) FROM \
        stdin;\n1\tada@example.com\tt\t{admin,\"a b\"}\t\\N\n2\tbob\\\\x\tf\t{}\tone\\ttwo\n\\.\n\nALTER TABLE ONLY public.users\n    ADD \
        CONSTRAINT users_pkey PRIMARY KEY (id);\nCREATE TABLE auth.members (user_id bigint, g text);\nINSERT INTO auth.members (user_id, g) \
        VALUES (1, 'it''s'), (2, NULL);\nALTER TABLE ONLY auth.members ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES \
        public.users(id) ON DELETE CASCADE;\n";

    #[test]
    fn what_pg_dump_writes_is_read() {
        let out = read(PG.as_bytes()).unwrap();
        let users = &out.tables[0];
        assert_eq!(
            (users.name.as_str(), &users.columns[..]),
            ("users", &["id", "email", "active", "roles", "key"].map(str::to_owned)[..])
        );
        assert_eq!(users.types[&1], "character varying(255)");
        assert_eq!(users.primary_key, ["id"]);
        assert_eq!(
            out.rows[0].1,
            [
                Value::Integer(1),
                text("ada@example.com"),
                Value::Bool(true),
                Value::List(vec![text("admin"), text("a b")]),
                Value::Null
            ]
        );
        assert_eq!(out.rows[1].1[1], text("bob\\x"));
        assert_eq!(out.rows[1].1[4], text("one\ttwo"));
        let members = &out.tables[1];
        assert_eq!(members.name, "auth.members");
        assert_eq!(members.foreign_keys[0].table.name, "users");
        assert_eq!(members.foreign_keys[0].references, ["id"]);
        assert_eq!(out.rows[2].1, [Value::Integer(1), text("it's")]);
        assert_eq!(out.rows.len(), 4);
    }

    const MYSQL: &str = "-- MySQL dump 10.13  Distrib 8.0\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `wp_users`;\nCREATE TABLE \
        `wp_users` (\n  `ID` bigint unsigned NOT NULL AUTO_INCREMENT,\n  `user_login` varchar(60) CHARACTER SET utf8 NOT NULL DEFAULT \
        '',\n  `user_pass` varchar(255) NOT NULL DEFAULT '' COMMENT 'a, b',\n  `uuid` binary(2),\n  `on` bit(1),\n  PRIMARY KEY (`ID`),\n  \
        KEY `login` (`user_login`(10)),\n  CONSTRAINT `c` FOREIGN KEY (`ID`) REFERENCES `other` (`id`)\n) ENGINE=InnoDB;\nLOCK TABLES \
        `wp_users` WRITE;\nINSERT INTO `wp_users` VALUES (1,'ada','$P$B\\'x\\\\y',0xFF01,b'1'),(2,'O\\'Neill; (x)','a\\nb',_binary \
        '\\0z',b'0');\nUNLOCK TABLES;\nDELIMITER ;;\nCREATE TRIGGER t BEGIN INSERT INTO wp_users VALUES (3,'no'); END;;\nDELIMITER \
        ;\nINSERT INTO `other` VALUES (-1.5),(1e3);\n";

    #[test]
    fn what_mysqldump_writes_is_read() {
        let out = read(MYSQL.as_bytes()).unwrap();
        let users = &out.tables[0];
        assert_eq!(users.columns, ["ID", "user_login", "user_pass", "uuid", "on"]);
        assert_eq!((users.types[&0].as_str(), users.types[&1].as_str()), ("bigint unsigned", "varchar(60)"));
        assert_eq!((users.primary_key.as_slice(), users.foreign_keys.len()), (&["ID".to_owned()][..], 1));
        assert_eq!(
            out.rows[0].1,
            [
                Value::Integer(1),
                text("ada"),
                text("$P$B'x\\y"),
                Value::Bytes(vec![255, 1]),
                Value::Integer(1)
            ]
        );
        assert_eq!(out.rows[1].1[1..4], [text("O'Neill; (x)"), text("a\nb"), Value::Bytes(vec![0, b'z'])]);
        assert_eq!(out.rows[2].1, [Value::Real(-1.5)]);
        assert_eq!(out.rows.len(), 4);
    }

    #[test]
    fn what_sqlite3_writes_is_read() {
        let dump = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, pw BLOB, g INTEGER \
                    REFERENCES groups(id));\nINSERT INTO users VALUES(1,'C:\\new',X'00ff',7);\nINSERT INTO \"users\" \
                    VALUES(2,replace('a\\nb','\\n',char(10)),NULL,NULL);\nCOMMIT;\n";
        let out = read(dump.as_bytes()).unwrap();
        assert_eq!(out.rows[0].1[1..3], [text("C:\\new"), Value::Bytes(vec![0, 255])]);
        assert_eq!(out.rows[1].1[1], text("a\nb"));
        assert_eq!(
            (out.tables[0].primary_key.as_slice(), out.tables[0].foreign_keys.len()),
            (&["id".to_owned()][..], 1)
        );
    }

    #[test]
    fn a_dump_that_was_cut_is_refused() {
        for (whole, cuts) in [(PG, ["\\.\n", "'it''s'"]), (MYSQL, ["ada','", "(2,'O"])] {
            for cut in cuts {
                let at = whole.find(cut).unwrap();
                assert!(
                    matches!(read(&whole.as_bytes()[..at + 2]), Err(Fault::Malformed { .. }))
                        || cut == "\\.\n",
                    "{cut}"
                );
            }
        }
        let at = PG.find("\\.\n").unwrap();
        assert!(matches!(read(&PG.as_bytes()[..at]), Err(Fault::Malformed { .. })));
    }

    #[test]
    fn a_script_that_changes_rows_is_not_taken_for_what_it_wrote_first() {
        let rows = "CREATE TABLE users (id int, active int);\nINSERT INTO users VALUES (1,1),(2,1);\n";
        for then in ["UPDATE users SET active=0 WHERE id=1;", "DELETE FROM users WHERE id=2;"] {
            let refused = read(format!("{rows}{then}\n").as_bytes());
            assert!(matches!(refused, Err(Fault::Wrong { .. })), "{then}");
        }
        assert!(read(format!("{rows}DELETE FROM sqlite_sequence;\n").as_bytes()).is_ok());
    }

    proptest! {
        #[test]
        fn any_script_ends(text in "(CREATE TABLE |INSERT INTO |VALUES |COPY |FROM stdin;|\n|a|`|'|\"|\\(|\\)|,|;|\\\\|\\$\\$|--|/\\*|\\[|1|0x|b'){0,30}") {
            let _ = read(text.as_bytes());
        }

        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }
}
