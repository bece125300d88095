//! From a source's rows to batches of records: keys, sizes, back-pressure. The same for every kind.

use std::borrow::Cow;
use std::ops::ControlFlow;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{ReadSummary, TooBig};
use crate::model::{Columns, KEY_SEPARATOR, Record, Value};

/// Values larger than this are left in the source ([`Value::TooLarge`] stands for them). Nothing that belongs to a person's profile or password comes near it; photographs and
/// documents do, and a batch of them would fill the memory.
pub(crate) const MAX_VALUE: usize = 1024 * 1024;

/// A batch is sent on when it has so many records (they fit the processor's cache while they are worked on, and a dozen batches
/// under way take little memory) …
const BATCH_ROWS: usize = 250;

/// … or holds so many bytes of text.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// The parts of a record's key.
pub(crate) fn key_parts(key: &str) -> Vec<&str> {
    key.split(KEY_SEPARATOR).collect()
}

/// How the values of a row become a record.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// The columns' names.
    pub(crate) columns: Columns,
    /// Positions of the key's columns.
    pub(crate) key: Vec<usize>,
    /// How many more columns follow, with the groups of a membership each.
    pub(crate) groups: usize,
}

impl Shape {
    /// A record of a row's values; the last are the groups, where the shape has them.
    pub(crate) fn record(&self, mut values: Vec<Value>) -> Record {
        let mut groups = Vec::new();
        for _ in 0..self.groups {
            match values.pop() {
                Some(Value::List(names)) => {
                    groups.extend(names.iter().filter_map(Value::as_text).map(Cow::into_owned));
                }
                Some(other) => groups.extend(other.as_text().map(Cow::into_owned)),
                None => {}
            }
        }
        groups.retain(|name: &String| !name.is_empty());
        groups.sort_unstable();
        groups.dedup();
        Record { columns: self.columns.clone(), key: self.key_of(&values), values, groups }
    }

    fn key_of(&self, values: &[Value]) -> String {
        let parts: Vec<&Value> = self.key.iter().map(|at| values.get(*at).unwrap_or(&Value::Null)).collect();
        Record::key_from(&parts)
    }
}

/// What a value holds in memory, roughly.
pub(crate) fn weight(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(values) => values.iter().map(weight).sum::<usize>() + values.len() * size_of::<Value>(),
        Value::Null
        | Value::Integer(_)
        | Value::Real(_)
        | Value::Bool(_)
        | Value::Time(_)
        | Value::TooLarge => 0,
    }
}

/// A JSON list of plain values as a list; `None` for all else.
pub(crate) fn json_list(text: &str) -> Option<Value> {
    if !text.trim_start().starts_with('[') {
        return None;
    }
    let values: Vec<serde_json::Value> = serde_json::from_str(text).ok()?;
    let values = values.into_iter().map(|value| match value {
        serde_json::Value::Null => Some(Value::Null),
        serde_json::Value::Bool(truth) => Some(Value::Bool(truth)),
        serde_json::Value::String(text) => Some(Value::Text(text)),
        serde_json::Value::Number(number) => Some(match number.as_i64() {
            Some(number) => Value::Integer(number),
            None => Value::Text(number.to_string()),
        }),
        serde_json::Value::Array(_) | serde_json::Value::Object(_) => None,
    });
    values.collect::<Option<Vec<_>>>().map(Value::List)
}

/// Collects records and sends them on.
#[derive(Debug)]
pub(crate) struct Batcher {
    shape: Shape,
    batches: mpsc::Sender<Vec<Record>>,
    stop: CancellationToken,
    batch: Vec<Record>,
    bytes: usize,
    summary: ReadSummary,
}

impl Batcher {
    /// Ready for the first row.
    pub(crate) fn new(shape: Shape, batches: mpsc::Sender<Vec<Record>>, stop: CancellationToken) -> Self {
        Self { shape, batches, stop, batch: Vec::new(), bytes: 0, summary: ReadSummary::default() }
    }

    /// Takes a row in; `oversized` are the positions of values that were left out. Waits while the receiver is busy. Breaks when no
    /// more rows are wanted.
    pub(crate) async fn push(&mut self, values: Vec<Value>, oversized: &[usize]) -> ControlFlow<()> {
        self.bytes += values.iter().map(weight).sum::<usize>();
        let record = self.shape.record(values);
        for at in oversized {
            self.note(*at, &record.key);
        }
        if self.batch.capacity() == 0 {
            self.batch.reserve_exact(BATCH_ROWS);
        }
        self.batch.push(record);
        if self.batch.len() >= BATCH_ROWS || self.bytes >= BATCH_BYTES {
            self.send().await
        } else {
            ControlFlow::Continue(())
        }
    }

    fn note(&mut self, at: usize, key: &str) {
        let Some(column) = self.shape.columns.names().get(at) else { return };
        match self.summary.too_big.iter_mut().find(|seen| seen.column == *column) {
            Some(seen) => seen.values += 1,
            None => self.summary.too_big.push(TooBig {
                column: column.clone(),
                values: 1,
                first_key: key.to_owned(),
            }),
        }
    }

    async fn send(&mut self) -> ControlFlow<()> {
        let batch = std::mem::take(&mut self.batch);
        self.bytes = 0;
        let count = batch.len() as u64;
        let sent = tokio::select! {
            biased;
            () = self.stop.cancelled() => false,
            sent = self.batches.send(batch) => sent.is_ok(),
        };
        if sent {
            self.summary.records += count;
            ControlFlow::Continue(())
        } else {
            self.summary.stopped = true;
            ControlFlow::Break(())
        }
    }

    /// Records handed on so far.
    pub(crate) fn sent(&self) -> u64 {
        self.summary.records
    }

    /// The end: sends what is left. `stopped` says that more rows would have followed.
    pub(crate) async fn finish(mut self, stopped: bool) -> ReadSummary {
        self.summary.stopped |= stopped || self.stop.is_cancelled();
        if !self.summary.stopped && !self.batch.is_empty() {
            let _ = self.send().await;
        }
        self.summary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(key: Vec<usize>, groups: bool) -> Shape {
        Shape { columns: Columns::new(["id", "name"]), key, groups: usize::from(groups) }
    }

    #[test]
    fn keys_are_joined_and_binary_keys_are_hex() {
        let values = vec![Value::Bytes(vec![0xff, 0x01]), Value::Text("李伟".into())];
        assert_eq!(shape(vec![0, 1], false).record(values).key, "ff01\u{1f}李伟");
        let values = vec![Value::Integer(7), Value::Null];
        assert_eq!(shape(vec![0, 1], false).record(values).key, "7\u{1f}");
        assert_eq!(shape(vec![], false).record(vec![Value::Null, Value::Null]).key, "");
    }

    #[test]
    fn groups_come_off_sorted_and_once() {
        let text = |t: &str| Value::Text(t.into());
        let values = vec![
            Value::Integer(1),
            text("Дмитрий"),
            Value::List(vec![text("USER"), text("ADMIN"), text(""), text("USER")]),
        ];
        let record = shape(vec![0], true).record(values);
        assert_eq!(record.groups, ["ADMIN", "USER"]);
        assert_eq!(record.values.len(), 2);
        assert!(shape(vec![], true).record(vec![Value::Null, Value::Null, Value::Null]).groups.is_empty());
    }

    #[tokio::test]
    async fn batches_are_bounded_in_rows_and_bytes() {
        let (sender, mut receiver) = mpsc::channel(100);
        let mut batcher = Batcher::new(shape(vec![0], false), sender, CancellationToken::new());
        for n in 0..2500 {
            assert!(batcher.push(vec![Value::Integer(n), Value::Null], &[]).await.is_continue());
        }
        for n in 0..10 {
            let big = Value::Text("x".repeat(MAX_VALUE));
            assert!(batcher.push(vec![Value::Integer(n), big], &[]).await.is_continue());
        }
        let summary = batcher.finish(false).await;
        let mut sizes = Vec::new();
        while let Some(batch) = receiver.recv().await {
            sizes.push(batch.len());
        }
        assert_eq!(sizes, [250, 250, 250, 250, 250, 250, 250, 250, 250, 250, 4, 4, 2]);
        assert_eq!((summary.records, summary.stopped), (2510, false));
    }

    #[tokio::test]
    async fn what_was_too_big_is_counted_with_the_first_key() {
        let (sender, _receiver) = mpsc::channel(100);
        let mut batcher = Batcher::new(shape(vec![0], false), sender, CancellationToken::new());
        for n in 0..3 {
            let _ = batcher.push(vec![Value::Integer(n), Value::Null], if n > 0 { &[1] } else { &[] }).await;
        }
        let summary = batcher.finish(false).await;
        assert_eq!(summary.too_big, [TooBig { column: "name".into(), values: 2, first_key: "1".into() }]);
    }

    #[tokio::test]
    async fn stops_when_the_receiver_is_gone() {
        let (sender, receiver) = mpsc::channel(1);
        drop(receiver);
        let mut batcher = Batcher::new(shape(vec![], false), sender, CancellationToken::new());
        let mut rows = 0;
        while batcher.push(vec![Value::Null, Value::Null], &[]).await.is_continue() {
            rows += 1;
        }
        assert_eq!(rows, 249);
        let summary = batcher.finish(true).await;
        assert_eq!((summary.records, summary.stopped), (0, true));
    }
}
