//! LDIF (RFC 2849): a directory's entries as text.
//!
//! Entries of people, groups and all else are tables of their own, and who is in which group is one more: a directory that was exported
//! whole maps itself as a database does. Of the change records only `add` is an entry.

use std::collections::VecDeque;
use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fault::Fault;
use super::notes::About;
use super::rows::{Harvest, LONGEST, Reader};
use super::scan::Scan;
use crate::model::{ForeignKey, TableName, Value};

/// Object classes of groups, in small letters.
const GROUPS: [&str; 8] = [
    "groupofnames",
    "groupofuniquenames",
    "groupofentries",
    "posixgroup",
    "group",
    "groupofurls",
    "ipausergroup",
    "nestedgroup",
];

/// Object classes of people, in small letters.
const PEOPLE: [&str; 9] = [
    "person",
    "organizationalperson",
    "inetorgperson",
    "user",
    "posixaccount",
    "account",
    "simplesecurityobject",
    "shadowaccount",
    "mailrecipient",
];

/// Attributes of groups with the DNs of their members, and with their logins, in small letters.
const MEMBERS: [&str; 3] = ["member", "uniquemember", "memberuid"];

/// An LDIF file that is being read.
pub(super) struct Ldif {
    scan: Scan,
    people: String,
    line: Vec<u8>,
    /// Lines read ahead: folded lines end where another begins.
    next: VecDeque<(u64, Vec<u8>)>,
}

/// One entry.
#[derive(Default)]
struct Entry {
    line: u64,
    dn: Option<Value>,
    attributes: Vec<(String, Vec<Value>)>,
    change: bool,
}

impl Ldif {
    pub(super) fn new(input: Box<dyn Read + Send>, name: &str) -> Self {
        Self { scan: Scan::new(input), people: name.to_owned(), line: Vec::new(), next: VecDeque::new() }
    }

    /// A line with what was folded onto it. `None` at the end.
    fn unfolded(&mut self) -> Result<Option<(u64, Vec<u8>)>, Fault> {
        let Some((row, mut line)) = self.physical()? else { return Ok(None) };
        while let Some((at, further)) = self.physical()? {
            let Some(rest) = further.strip_prefix(b" ").filter(|_| !line.is_empty()) else {
                self.next.push_front((at, further));
                break;
            };
            if line.len() + rest.len() > LONGEST {
                return Err(Fault::TooLong { row });
            }
            line.extend_from_slice(rest);
        }
        Ok(Some((row, line)))
    }

    fn physical(&mut self) -> Result<Option<(u64, Vec<u8>)>, Fault> {
        if let Some(read) = self.next.pop_front() {
            return Ok(Some(read));
        }
        let row = self.scan.line();
        match self.scan.line_into(&mut self.line, LONGEST)? {
            None => Ok(None),
            Some(false) => Err(Fault::TooLong { row }),
            Some(true) => Ok(Some((row, std::mem::take(&mut self.line)))),
        }
    }

    /// The next entry. `None` at the end.
    fn entry(&mut self, out: &mut Harvest) -> Result<Option<Entry>, Fault> {
        let mut entry = Entry::default();
        let mut bytes = 0;
        loop {
            let Some((row, line)) = self.unfolded()? else {
                return Ok(entry.dn.is_some().then_some(entry));
            };
            if line.is_empty() || line == b"-" {
                if line.is_empty() && entry.dn.is_some() {
                    return Ok(Some(entry));
                }
                continue;
            }
            if line.starts_with(b"#") {
                continue;
            }
            bytes += line.len();
            if bytes > LONGEST {
                return Err(Fault::TooLong { row: entry.line });
            }
            let Some(colon) = line.iter().position(|byte| *byte == b':') else {
                return Err(Fault::Malformed { row, what: "a colon is missing after the attribute".into() });
            };
            let name = String::from_utf8_lossy(&line[..colon]).trim().to_owned();
            let rest = &line[colon + 1..];
            let value = match rest.first() {
                Some(b':') => {
                    let code: Vec<u8> =
                        rest[1..].iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
                    let Ok(bytes) = STANDARD.decode(code) else {
                        return Err(Fault::Malformed {
                            row, what: format!("“{name}” isn't valid Base64")
                        });
                    };
                    of_bytes(bytes)
                }
                Some(b'<') => {
                    out.notes.row(&About::Elsewhere { column: name }, row);
                    continue;
                }
                _ => {
                    let start = rest.iter().position(|byte| *byte != b' ').unwrap_or(rest.len());
                    of_bytes(rest[start..].to_vec())
                }
            };
            let small = name.to_ascii_lowercase();
            match small.as_str() {
                "dn" if entry.dn.is_none() => {
                    entry.line = row;
                    entry.dn = Some(value);
                }
                // A new entry without an empty line before it.
                "dn" => {
                    self.next.push_front((row, line));
                    return Ok(Some(entry));
                }
                "version" | "control" if entry.attributes.is_empty() => {}
                "changetype" => {
                    entry.change =
                        !value.as_text().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("add"));
                }
                _ if entry.dn.is_none() => {
                    return Err(Fault::Malformed { row, what: "an entry has no dn".into() });
                }
                _ => {
                    let known =
                        entry.attributes.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&name));
                    match known {
                        Some((_, values)) => values.push(value),
                        None => entry.attributes.push((name, vec![value])),
                    }
                }
            }
        }
    }

    fn put(&self, entry: Entry, out: &mut Harvest) {
        let Some(dn) = entry.dn else { return };
        if entry.change {
            out.notes.row(&About::Changes, entry.line);
            return;
        }
        let classes: Vec<String> = entry
            .attributes
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("objectClass"))
            .flat_map(|(_, values)| {
                values.iter().filter_map(|value| value.as_text().map(|t| t.to_lowercase()))
            })
            .collect();
        let is = |list: &[&str]| classes.iter().any(|class| list.contains(&class.as_str()));
        let group = is(&GROUPS) && !is(&["inetorgperson", "person"]);
        let person = !group && (classes.is_empty() || is(&PEOPLE)) && !is(&["computer"]);
        let table = if group {
            "groups"
        } else if person {
            self.people.as_str()
        } else {
            "other_entries"
        };
        let at = out.table(table);
        let draft = &mut out.tables[at];
        if draft.columns.is_empty() {
            draft.text = true;
            draft.column("dn");
            draft.primary_key = vec!["dn".to_owned()];
        }
        let mut row = vec![dn.clone()];
        for (name, mut values) in entry.attributes {
            if group && MEMBERS.contains(&name.to_ascii_lowercase().as_str()) {
                self.members(&dn, &name, values, out);
                continue;
            }
            // Attributes are one whatever their letters' case.
            let draft = &mut out.tables[at];
            let known = draft.columns.iter().position(|column| column.eq_ignore_ascii_case(&name));
            let Some(column) = known.or_else(|| draft.column(&name)) else {
                out.notes.row(&About::TooManyColumns, entry.line);
                continue;
            };
            if row.len() <= column {
                row.resize(column + 1, Value::Null);
            }
            row[column] = match values.len() {
                1 => values.pop().unwrap_or(Value::Null),
                _ => Value::List(values),
            };
        }
        out.push(at, row);
    }

    /// A group's members as rows of their own.
    fn members(&self, dn: &Value, name: &str, values: Vec<Value>, out: &mut Harvest) {
        let by_login = name.eq_ignore_ascii_case("memberUid");
        let at = out.table(if by_login { "group_member_logins" } else { "group_members" });
        let draft = &mut out.tables[at];
        if draft.columns.is_empty() {
            draft.text = true;
            let (member, reference) = if by_login { ("uid", "uid") } else { ("member_dn", "dn") };
            draft.column("group_dn");
            draft.column(member);
            let table = |name: &str| TableName { schema: None, name: name.to_owned() };
            let key = |column: &str, other: &str, reference: &str| ForeignKey {
                columns: vec![column.to_owned()],
                table: table(other),
                references: vec![reference.to_owned()],
            };
            draft.foreign_keys = vec![key("group_dn", "groups", "dn"), key(member, &self.people, reference)];
        }
        for value in values {
            out.push(at, vec![dn.clone(), value]);
        }
    }
}

fn of_bytes(bytes: Vec<u8>) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Value::Text(text),
        Err(error) => Value::Bytes(error.into_bytes()),
    }
}

impl Reader for Ldif {
    fn fill(&mut self, out: &mut Harvest) -> Result<bool, Fault> {
        while !out.full() {
            match self.entry(out)? {
                Some(entry) => self.put(entry, out),
                None => return Ok(false),
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
        let mut reader = Ldif::new(Box::new(std::io::Cursor::new(text.to_vec())), "people");
        let mut out = Harvest::default();
        let mut all = Vec::new();
        while reader.fill(&mut out)? {
            all.extend(out.take_rows());
        }
        all.extend(out.take_rows());
        out.rows = all;
        Ok(out)
    }

    fn value(out: &Harvest, table: &str, row: usize, column: &str) -> Value {
        let at = out.tables.iter().position(|t| t.name == table).unwrap();
        let column = out.tables[at].columns.iter().position(|c| c == column).unwrap();
        let rows: Vec<_> = out.rows.iter().filter(|(table, _)| *table == at).collect();
        rows[row].1.get(column).cloned().unwrap_or(Value::Null)
    }

    const EXPORT: &str = "version: 1\r\n\r\n# people\r\ndn: uid=ada,ou=people,dc=corp\r\nobjectClass: top\r\nobjectClass: inetOrgPerson\r\n\
        uid: ada\r\ncn:: QWRhIELDvHJvbg==\r\nmail: ada@corp.exa\r\n mple\r\nmail: ada2@corp.example\r\nuserPassword:: e1NTSEF9YWJj\r\n\
        jpegPhoto:: /9j/4A==\r\nphoto:< file:///x.jpg\r\n\r\ndn: cn=admins,ou=groups,dc=corp\r\nobjectClass: groupOfNames\r\ncn: admins\r\n\
        member: uid=ada,ou=people,dc=corp\r\nmember: uid=bob,ou=people,dc=corp\r\n\r\ndn: ou=people,dc=corp\r\nobjectClass: \
        organizationalUnit\r\nou: people\r\n\r\ndn: uid=bob,ou=people,dc=corp\r\nchangetype: modify\r\nreplace: mail\r\nmail: x\r\n-\r\n";

    #[test]
    fn people_groups_and_members_are_tables() {
        let out = read(EXPORT.as_bytes()).unwrap();
        let text = |text: &str| Value::Text(text.into());
        assert_eq!(value(&out, "people", 0, "cn"), text("Ada Büron"));
        let mails = Value::List(vec![text("ada@corp.example"), text("ada2@corp.example")]);
        assert_eq!(value(&out, "people", 0, "mail"), mails);
        assert_eq!(value(&out, "people", 0, "userPassword"), text("{SSHA}abc"));
        assert_eq!(value(&out, "people", 0, "jpegPhoto"), Value::Bytes(vec![0xff, 0xd8, 0xff, 0xe0]));
        assert_eq!(value(&out, "groups", 0, "cn"), text("admins"));
        assert_eq!(value(&out, "group_members", 1, "member_dn"), text("uid=bob,ou=people,dc=corp"));
        assert_eq!(value(&out, "other_entries", 0, "ou"), text("people"));
        let words = out.notes.words();
        assert_eq!(words.len(), 2, "{words:?}");
        assert!(
            words[0].starts_with("“photo”: Row 14 has a value that is kept in another file"),
            "{words:?}"
        );
        assert!(words[1].starts_with("Row 26 is left out: a change"), "{words:?}");
    }

    #[test]
    fn what_is_not_well_formed_is_said_with_its_row() {
        let row = |text: &str| match read(text.as_bytes()) {
            Err(Fault::Malformed { row, .. }) => row,
            other => panic!("{other:?}"),
        };
        assert_eq!(row("dn: a\ncn\n"), 2);
        assert_eq!(row("dn: a\ncn:: ***\n"), 2);
        assert_eq!(row("version: 1\n\ncn: a\n"), 3);
    }

    #[test]
    fn entries_need_no_empty_line_between_them() {
        let out = read(b"dn: a\ncn: A\ndn: b\ncn: B\n  b\ndn: c\ncn: C").unwrap();
        let names: Vec<_> =
            (0..3).map(|row| value(&out, "people", row, "cn").as_text().unwrap().into_owned()).collect();
        assert_eq!(names, ["A", "B b", "C"]);
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
        }

        #[test]
        fn any_lines_end(lines in proptest::collection::vec("(dn|cn|changetype|version)?:{0,2}<? ?[a-zA-Z=]{0,5}| x|", 0..20)) {
            let _ = read(lines.join("\n").as_bytes());
        }
    }
}
