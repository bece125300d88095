//! T-SQL as SQLite's SQL, as far as questions for people go: what SQLite understands by itself (`[names]`, `@P1`, `CASE`, `WITH` …) stays.

/// What a T-SQL text is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A word, a number or a sign, as it is.
    Word(String),
    /// `'…'` or `N'…'`, without its quotes.
    Text(String),
    /// `[…]` or `"…"`, without its quotes.
    Name(String),
    /// A line's end or blanks.
    Blank,
}

impl Token {
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own.eq_ignore_ascii_case(word))
    }
}

/// Takes a text apart. `None`: a quote that does not end.
pub(super) fn tokens(sql: &str) -> Option<Vec<Token>> {
    let chars: Vec<char> = sql.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    let quoted = |mut at: usize, end: char| {
        let mut inner = String::new();
        loop {
            let c = *chars.get(at)?;
            at += 1;
            if c == end {
                if chars.get(at) == Some(&end) {
                    at += 1;
                } else {
                    return Some((inner, at));
                }
            }
            inner.push(c);
        }
    };
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        match (c, next) {
            ('-', Some('-')) => {
                while chars.get(at).is_some_and(|c| *c != '\n') {
                    at += 1;
                }
                tokens.push(Token::Blank);
            }
            ('/', Some('*')) => {
                let rest: String = chars[at..].iter().collect();
                at += rest[..rest.find("*/")? + 2].chars().count();
                tokens.push(Token::Blank);
            }
            ('N' | 'n', Some('\'')) => {
                let (text, end) = quoted(at + 2, '\'')?;
                tokens.push(Token::Text(text));
                at = end;
            }
            ('\'', _) => {
                let (text, end) = quoted(at + 1, '\'')?;
                tokens.push(Token::Text(text));
                at = end;
            }
            ('[', _) => {
                let (name, end) = quoted(at + 1, ']')?;
                tokens.push(Token::Name(name));
                at = end;
            }
            ('"', _) => {
                let (name, end) = quoted(at + 1, '"')?;
                tokens.push(Token::Name(name));
                at = end;
            }
            (c, _) if c.is_whitespace() => {
                tokens.push(Token::Blank);
                at += 1;
            }
            (c, _) if c.is_alphanumeric() || matches!(c, '_' | '@' | '#' | '$') => {
                let start = at;
                while chars
                    .get(at)
                    .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '@' | '#' | '$' | '.'))
                {
                    // `1.5` is one word; `a.b` are three.
                    if chars[at] == '.' && !chars[start].is_ascii_digit() {
                        break;
                    }
                    at += 1;
                }
                tokens.push(Token::Word(chars[start..at].iter().collect()));
            }
            ('<', Some('>' | '=')) | ('>' | '!', Some('=')) => {
                tokens.push(Token::Word([c, next?].iter().collect()));
                at += 2;
            }
            _ => {
                tokens.push(Token::Word(c.to_string()));
                at += 1;
            }
        }
    }
    Some(tokens)
}

/// The statements of a batch, each translated.
pub(super) fn statements(sql: &str) -> Vec<String> {
    split(sql).unwrap_or_default().iter().map(|tokens| translate(tokens)).collect()
}

/// The statements of a batch: parts between semicolons that hold anything.
pub(super) fn split(sql: &str) -> Option<Vec<Vec<Token>>> {
    let mut all = vec![Vec::new()];
    for token in tokens(sql)? {
        if token == Token::Word(";".into()) {
            all.push(Vec::new());
        } else {
            all.last_mut()?.push(token);
        }
    }
    all.retain(|tokens| tokens.iter().any(|token| *token != Token::Blank));
    Some(all)
}

/// A statement in SQLite's words.
pub(super) fn translate(tokens: &[Token]) -> String {
    let tokens: Vec<Token> = tokens.iter().filter(|token| **token != Token::Blank).cloned().collect();
    let creates = tokens.first().is_some_and(|token| token.is("CREATE"));
    Translation { tokens: &tokens, creates }.part(0, tokens.len())
}

struct Translation<'a> {
    tokens: &'a [Token],
    /// In a declaration names of types stand alone.
    creates: bool,
}

impl Translation<'_> {
    fn word(&self, at: usize) -> &str {
        match self.tokens.get(at) {
            Some(Token::Word(word)) => word,
            _ => "",
        }
    }

    fn is(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(word))
    }

    /// Where the bracket at this place closes.
    fn close(&self, open: usize) -> usize {
        let mut depth = 0;
        for at in open..self.tokens.len() {
            match self.word(at) {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return at;
            }
        }
        self.tokens.len()
    }

    /// The arguments of a function whose bracket opens at this place.
    fn arguments(&self, open: usize) -> Vec<(usize, usize)> {
        let close = self.close(open);
        let (mut parts, mut depth, mut start) = (Vec::new(), 0, open + 1);
        for at in open + 1..close {
            match self.word(at) {
                "(" => depth += 1,
                ")" => depth -= 1,
                "," if depth == 0 => {
                    parts.push((start, at));
                    start = at + 1;
                }
                _ => {}
            }
        }
        parts.push((start, close));
        parts
    }

    fn part(&self, from: usize, to: usize) -> String {
        let mut out: Vec<String> = Vec::new();
        // `TOP` stands at the beginning, `LIMIT` at the end.
        let mut limit = None;
        let mut at = from;
        while at < to {
            let word = self.word(at).to_uppercase();
            let called = self.is(at + 1, "(");
            match (&self.tokens[at], word.as_str()) {
                (Token::Text(text), _) => out.push(format!("'{}'", text.replace('\'', "''"))),
                (Token::Name(name), _) => out.push(format!("\"{}\"", name.replace('"', "\"\""))),
                (_, "TOP") if called => {
                    let close = self.close(at + 1);
                    limit = Some(self.part(at + 2, close));
                    at = close;
                }
                (_, "TOP") => {
                    limit = Some(self.word(at + 1).to_owned());
                    at += 1;
                }
                (_, "UNION" | "EXCEPT" | "INTERSECT") => {
                    if let Some(limit) = limit.take() {
                        out.push(format!("LIMIT {limit}"));
                    }
                    out.push(word);
                }
                (_, "OPTION") if called => at = self.close(at + 1),
                (_, "WITH") if called && self.is(at + 2, "NOLOCK") => at = self.close(at + 1),
                (_, "COLLATE") => {
                    let name = self.word(at + 1).to_uppercase();
                    out.push(
                        if name.contains("_BIN") || name.contains("_CS") {
                            "COLLATE BINARY"
                        } else {
                            "COLLATE NOCASE"
                        }
                        .into(),
                    );
                    at += 1;
                }
                (_, "+") if self.texts_around(at) => out.push("||".into()),
                (_, "CAST" | "TRY_CAST") if called => {
                    let close = self.close(at + 1);
                    let by = (at + 2..close).rev().find(|at| self.is(*at, "AS")).unwrap_or(close);
                    out.push(format!("CAST({} AS {})", self.part(at + 2, by), self.affinity(by + 1)));
                    at = close;
                }
                (_, "CONVERT" | "TRY_CONVERT") if called => {
                    let arguments = self.arguments(at + 1);
                    let value = self.part(arguments[1].0, arguments[1].1);
                    let style = arguments.get(2).map(|style| self.part(style.0, style.1));
                    let kind = self.affinity(arguments[0].0);
                    out.push(match style.as_deref() {
                        Some(style @ ("1" | "2")) if kind == "TEXT" => {
                            let mark = if style == "1" { "'0x' || " } else { "" };
                            format!("(CASE typeof({value}) WHEN 'blob' THEN {mark}hex({value}) ELSE CAST({value} AS TEXT) END)")
                        }
                        Some("1" | "2") if kind == "BLOB" => format!("unhex({value})"),
                        _ => format!("CAST({value} AS {kind})"),
                    });
                    at = self.close(at + 1);
                }
                (_, "CHARINDEX") if called => {
                    let arguments = self.arguments(at + 1);
                    let [needle, hay] = [0, 1].map(|n: usize| self.part(arguments[n].0, arguments[n].1));
                    out.push(format!("instr({hay}, {needle})"));
                    at = self.close(at + 1);
                }
                (_, "QUOTENAME") if called => {
                    let close = self.close(at + 1);
                    out.push(format!("('[' || replace({}, ']', ']]') || ']')", self.part(at + 2, close)));
                    at = close;
                }
                (_, "HAS_PERMS_BY_NAME") if called => {
                    let arguments = self.arguments(at + 1);
                    let name = self.part(arguments[0].0, arguments[0].1);
                    out.push(format!(
                        "(NOT EXISTS (SELECT 1 FROM sys.\"#denied\" AS d WHERE d.name = ({name})))"
                    ));
                    at = self.close(at + 1);
                }
                (_, "SERVERPROPERTY" | "DATABASEPROPERTYEX" | "CONNECTIONPROPERTY") if called => {
                    let arguments = self.arguments(at + 1);
                    let name = arguments.last().unwrap();
                    out.push(format!(
                        "(SELECT value FROM sys.\"#properties\" WHERE lower(name) = lower({}))",
                        self.part(name.0, name.1)
                    ));
                    at = self.close(at + 1);
                }
                (
                    _,
                    "DB_NAME" | "SUSER_SNAME" | "SYSTEM_USER" | "@@VERSION" | "@@SPID" | "@@TRANCOUNT"
                    | "SCHEMA_NAME",
                ) => {
                    out.push(format!("(SELECT value FROM sys.\"#properties\" WHERE name = '{word}')"));
                    if called {
                        at = self.close(at + 1);
                    }
                }
                (_, "LEN" | "DATALENGTH") if called => out.push("length".into()),
                (_, "ISNULL") if called => out.push("ifnull".into()),
                (_, "STRING_AGG") if called => out.push("group_concat".into()),
                (_, "NCHAR") if called && !self.creates => out.push("char".into()),
                (_, "SUBSTRING") if called => out.push("substr".into()),
                (_, "COUNT_BIG") if called => out.push("count".into()),
                (_, "GETDATE" | "SYSDATETIME" | "GETUTCDATE") if called => {
                    out.push("datetime('now')".into());
                    at = self.close(at + 1);
                }
                (_, "MAX") if called && self.creates && self.is(at + 2, ")") => out.push("max".into()),
                (_, "MAX") if self.creates && !called => out.push("-1".into()),
                (_, "IDENTITY") if self.creates => {
                    if called {
                        at = self.close(at + 1);
                    }
                }
                (_, "NVARCHAR" | "VARCHAR" | "NCHAR" | "CHAR" | "SYSNAME") if self.creates => {
                    out.push(self.word(at).to_owned());
                    if called {
                        let close = self.close(at + 1);
                        out.push(self.part(at + 1, close + 1));
                        at = close;
                    }
                    // As databases are made by default: large and small letters are the same.
                    if !self.is(at + 1, "COLLATE") {
                        out.push("COLLATE NOCASE".into());
                    }
                }
                (_, "(") => {
                    let close = self.close(at);
                    out.push(format!("({})", self.part(at + 1, close.min(to))));
                    at = close;
                }
                (Token::Word(own), _) if own.starts_with("0x") => out.push(format!("X'{}'", &own[2..])),
                (Token::Word(own), _) => match own.strip_prefix('@') {
                    // Values have numbers in SQLite.
                    Some(name) if name.starts_with(['P', 'p']) => out.push(format!("?{}", &name[1..])),
                    _ => out.push(own.clone()),
                },
                (Token::Blank, _) => {}
            }
            at += 1;
        }
        if let Some(limit) = limit {
            out.push(format!("LIMIT {limit}"));
        }
        join(&out)
    }

    /// Whether the plus at this place joins texts: one stands next to it, or a function that gives one.
    fn texts_around(&self, at: usize) -> bool {
        let text = |at: usize| matches!(self.tokens.get(at), Some(Token::Text(_)));
        let gives = ["NCHAR", "QUOTENAME", "LOWER", "UPPER"];
        text(at + 1) || at > 0 && text(at - 1) || gives.iter().any(|name| self.is(at + 1, name))
    }

    /// The type at this place, as SQLite knows types.
    fn affinity(&self, at: usize) -> &'static str {
        match self.word(at).to_lowercase().as_str() {
            "int" | "bigint" | "smallint" | "tinyint" | "bit" => "INTEGER",
            "float" | "real" => "REAL",
            "decimal" | "numeric" | "money" => "NUMERIC",
            "varbinary" | "binary" => "BLOB",
            _ => "TEXT",
        }
    }
}

/// Words with blanks between, but none around a point.
fn join(words: &[String]) -> String {
    let mut text = String::new();
    for word in words {
        if !text.is_empty() && word != "." && !text.ends_with('.') && word != "," {
            text.push(' ');
        }
        text.push_str(word);
    }
    // A function and its bracket: SQLite does not mind the blank.
    text
}
