//! The expressions of `search`, `filter` and the log's `filter`: one parser, one evaluation; which attributes and
//! operators are allowed is each endpoint's own rule.

use std::cmp::Ordering;

use serde_json::Value;

use super::clock::parse_stamp;

/// What a test does with its attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Eq,
    Ne,
    Co,
    Sw,
    Ew,
    Pr,
    Gt,
    Ge,
    Lt,
    Le,
}

/// An expression, read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Test { attribute: String, op: Op, value: Value },
}

/// The text is no expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadExpression;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open,
    Close,
    Word(String),
    Literal(Value),
}

/// Nesting beyond this is refused: nobody writes it, and the stack is finite.
const DEEPEST: usize = 40;

impl Expr {
    /// Reads an expression.
    pub(crate) fn parse(text: &str) -> Result<Self, BadExpression> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0 };
        let read = parser.or(0)?;
        if parser.at == tokens.len() { Ok(read) } else { Err(BadExpression) }
    }

    /// Every attribute and operator, to check that they are allowed here.
    pub(crate) fn all(&self, allowed: &dyn Fn(&str, Op) -> bool) -> bool {
        match self {
            Self::And(left, right) | Self::Or(left, right) => left.all(allowed) && right.all(allowed),
            Self::Not(inner) => inner.all(allowed),
            Self::Test { attribute, op, .. } => allowed(attribute, *op),
        }
    }

    /// Whether the expression uses `not` anywhere.
    pub(crate) fn negates(&self) -> bool {
        match self {
            Self::And(left, right) | Self::Or(left, right) => left.negates() || right.negates(),
            Self::Not(_) => true,
            Self::Test { .. } => false,
        }
    }

    /// The value an attribute must equal for the expression to hold, if it says so at its top level.
    pub(crate) fn must_equal(&self, name: &str) -> Option<&str> {
        match self {
            Self::And(left, right) => left.must_equal(name).or_else(|| right.must_equal(name)),
            Self::Test { attribute, op: Op::Eq, value } if attribute == name => value.as_str(),
            _ => None,
        }
    }

    /// Whether the expression holds for what `look` finds. An attribute may have several values; one that fits is
    /// enough. `fold`: text is compared without regard to case.
    pub(crate) fn holds(&self, look: &dyn Fn(&str) -> Vec<Value>, fold: bool) -> bool {
        match self {
            Self::And(left, right) => left.holds(look, fold) && right.holds(look, fold),
            Self::Or(left, right) => left.holds(look, fold) || right.holds(look, fold),
            Self::Not(inner) => !inner.holds(look, fold),
            Self::Test { attribute, op: Op::Pr, .. } => look(attribute).iter().any(|value| !value.is_null()),
            Self::Test { attribute, op: Op::Ne, value } => {
                !look(attribute).iter().any(|found| fits(found, Op::Eq, value, fold))
            }
            Self::Test { attribute, op, value } => {
                look(attribute).iter().any(|found| fits(found, *op, value, fold))
            }
        }
    }
}

fn fits(found: &Value, op: Op, wanted: &Value, fold: bool) -> bool {
    if let (Some(found), Some(wanted)) = (found.as_str(), wanted.as_str()) {
        if matches!(op, Op::Gt | Op::Ge | Op::Lt | Op::Le)
            && let (Some(found), Some(wanted)) = (parse_stamp(found), parse_stamp(wanted))
        {
            return ordered(found.cmp(&wanted), op);
        }
        let (found, wanted) = if fold {
            (found.to_lowercase(), wanted.to_lowercase())
        } else {
            (found.to_owned(), wanted.to_owned())
        };
        return match op {
            Op::Co => found.contains(&wanted),
            Op::Sw => found.starts_with(&wanted),
            Op::Ew => found.ends_with(&wanted),
            _ => ordered(found.cmp(&wanted), op),
        };
    }
    if let (Some(found), Some(wanted)) = (found.as_f64(), wanted.as_f64()) {
        return found.partial_cmp(&wanted).is_some_and(|order| ordered(order, op));
    }
    op == Op::Eq && found == wanted
}

fn ordered(order: Ordering, op: Op) -> bool {
    match op {
        Op::Eq => order == Ordering::Equal,
        Op::Gt => order == Ordering::Greater,
        Op::Ge => order != Ordering::Less,
        Op::Lt => order == Ordering::Less,
        Op::Le => order != Ordering::Greater,
        _ => false,
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, BadExpression> {
    let mut found = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(&letter) = letters.peek() {
        match letter {
            '(' => {
                letters.next();
                found.push(Token::Open);
            }
            ')' => {
                letters.next();
                found.push(Token::Close);
            }
            '"' => {
                letters.next();
                let mut literal = String::new();
                loop {
                    match letters.next().ok_or(BadExpression)? {
                        '"' => break,
                        '\\' => literal.push(letters.next().ok_or(BadExpression)?),
                        other => literal.push(other),
                    }
                }
                found.push(Token::Literal(Value::String(literal)));
            }
            blank if blank.is_whitespace() => {
                letters.next();
            }
            _ => {
                let mut word = String::new();
                while let Some(&letter) = letters.peek() {
                    if letter.is_whitespace() || "()\"".contains(letter) {
                        break;
                    }
                    word.push(letter);
                    letters.next();
                }
                found.push(Token::Word(word));
            }
        }
    }
    Ok(found)
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Parser<'_> {
    fn word(&mut self, wanted: &str) -> bool {
        let here =
            matches!(self.tokens.get(self.at), Some(Token::Word(word)) if word.eq_ignore_ascii_case(wanted));
        if here {
            self.at += 1;
        }
        here
    }

    fn or(&mut self, depth: usize) -> Result<Expr, BadExpression> {
        let mut left = self.and(depth)?;
        while self.word("or") {
            left = Expr::Or(Box::new(left), Box::new(self.and(depth)?));
        }
        Ok(left)
    }

    fn and(&mut self, depth: usize) -> Result<Expr, BadExpression> {
        let mut left = self.unit(depth)?;
        while self.word("and") {
            left = Expr::And(Box::new(left), Box::new(self.unit(depth)?));
        }
        Ok(left)
    }

    fn unit(&mut self, depth: usize) -> Result<Expr, BadExpression> {
        if depth > DEEPEST {
            return Err(BadExpression);
        }
        if self.word("not") {
            return Ok(Expr::Not(Box::new(self.unit(depth + 1)?)));
        }
        if self.tokens.get(self.at) == Some(&Token::Open) {
            self.at += 1;
            let inner = self.or(depth + 1)?;
            if self.tokens.get(self.at) != Some(&Token::Close) {
                return Err(BadExpression);
            }
            self.at += 1;
            return Ok(inner);
        }
        let Some(Token::Word(attribute)) = self.tokens.get(self.at) else { return Err(BadExpression) };
        let Some(Token::Word(op)) = self.tokens.get(self.at + 1) else { return Err(BadExpression) };
        let op = match op.to_ascii_lowercase().as_str() {
            "eq" => Op::Eq,
            "ne" => Op::Ne,
            "co" => Op::Co,
            "sw" => Op::Sw,
            "ew" => Op::Ew,
            "pr" => Op::Pr,
            "gt" => Op::Gt,
            "ge" => Op::Ge,
            "lt" => Op::Lt,
            "le" => Op::Le,
            _ => return Err(BadExpression),
        };
        self.at += 2;
        if op == Op::Pr {
            return Ok(Expr::Test { attribute: attribute.clone(), op, value: Value::Null });
        }
        let value = match self.tokens.get(self.at) {
            Some(Token::Literal(value)) => value.clone(),
            Some(Token::Word(word)) => match serde_json::from_str(word) {
                Ok(value @ (Value::Bool(_) | Value::Number(_) | Value::Null)) => value,
                _ => return Err(BadExpression),
            },
            _ => return Err(BadExpression),
        };
        self.at += 1;
        Ok(Expr::Test { attribute: attribute.clone(), op, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holds(expression: &str, of: &Value) -> bool {
        let look = |name: &str| of.get(name).cloned().into_iter().collect();
        Expr::parse(expression).unwrap().holds(&look, true)
    }

    #[test]
    fn expressions_mean_what_okta_says() {
        let person = json!({ "status": "ACTIVE", "profile.login": "Maire@example.com", "created": "2026-05-11T15:26:08.000Z", "floor": 3 });
        for (expression, expected) in [
            (r#"status eq "ACTIVE""#, true),
            (r#"profile.login eq "maire@EXAMPLE.com""#, true),
            (r#"profile.login sw "mai" and status eq "STAGED""#, false),
            (r#"profile.login sw "tom" or status eq "ACTIVE""#, true),
            (r#"(status eq "STAGED" or status eq "ACTIVE") and profile.login co "@example""#, true),
            (r#"created gt "2026-05-11T15:26:07Z""#, true),
            (r#"created lt "2026-05-11T17:26:08.000+02:00""#, false),
            (r#"created ge "2026-05-11T17:26:08.000+02:00""#, true),
            ("floor gt 2", true),
            ("floor pr", true),
            ("cellar pr", false),
            (r#"not (status eq "ACTIVE")"#, false),
            (r#"status ne "ACTIVE""#, false),
            // `and` binds tighter than `or`.
            (r#"status eq "ACTIVE" or status eq "X" and status eq "Y""#, true),
        ] {
            assert_eq!(holds(expression, &person), expected, "{expression}");
        }
    }

    #[test]
    fn quotes_and_backslashes_may_be_escaped() {
        assert!(holds(r#"name eq "O\"Neill \\""#, &json!({ "name": r#"O"Neill \"# })));
    }

    #[test]
    fn bad_expressions_are_refused() {
        for bad in [
            "",
            "status",
            "status eq",
            "status is \"X\"",
            "status eq ACTIVE",
            "(status eq \"X\"",
            "status eq \"X",
            "status eq \"X\" and",
            "a eq \"x\" b",
        ] {
            assert_eq!(Expr::parse(bad), Err(BadExpression), "{bad}");
        }
        assert!(Expr::parse(&"(".repeat(5000)).is_err());
        assert!(Expr::parse(&format!("{}a pr", "not ".repeat(5000))).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[a-z(). \"\\\\]{0,60}|.{0,60}") {
            let _ = Expr::parse(&text);
        }
    }
}
