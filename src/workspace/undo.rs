//! Changes that can be taken back, bound as a whole: what an undo puts in place was there before, and nothing else.

use futures_util::TryStreamExt as _;
use sqlx::{Row as _, SqliteConnection};

use super::bond::{Bond, Bonds, Tag};
use super::error::Result;
use super::loose::Text;

/// The tag of a change and all its items. `None`: an item is not as this program writes it.
async fn tag(tx: &mut SqliteConnection, bonds: &Bonds, undo: i64, words: &str) -> Result<Option<Tag>> {
    let mut tagger = bonds.begin(Bond::Undo).number(Some(undo)).bytes(words.as_bytes());
    let mut items = sqlx::query(
        "SELECT person, attribute, CAST(value AS TEXT) AS value FROM undo_items WHERE undo = ? ORDER BY person, attribute",
    )
    .bind(undo)
    .fetch(tx);
    while let Some(item) = items.try_next().await? {
        let (Ok(person), Ok(attribute), Ok(value)) = (
            item.try_get::<i64, _>("person"),
            item.try_get::<&[u8], _>("attribute"),
            item.try_get::<Option<&[u8]>, _>("value"),
        ) else {
            return Ok(None);
        };
        tagger = tagger.number(Some(person)).bytes(attribute).maybe(value);
    }
    Ok(Some(tagger.tag()))
}

/// Binds a change, once all its items are written.
pub(crate) async fn bind(tx: &mut SqliteConnection, bonds: &Bonds, undo: i64) -> Result<()> {
    let words: Option<Text> =
        sqlx::query_scalar("SELECT words FROM undo WHERE id = ?").bind(undo).fetch_optional(&mut *tx).await?;
    let Some(Text(words)) = words else { return Ok(()) };
    let tag = tag(tx, bonds, undo, &words).await?;
    sqlx::query("UPDATE undo SET tag = ? WHERE id = ?")
        .bind(tag.map(|tag| tag.to_vec()))
        .bind(undo)
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether a change is as it was bound.
pub(crate) async fn fits(tx: &mut SqliteConnection, bonds: &Bonds, undo: i64, words: &str) -> Result<bool> {
    let kept: Option<Vec<u8>> = sqlx::query_scalar("SELECT CAST(tag AS BLOB) FROM undo WHERE id = ?")
        .bind(undo)
        .fetch_one(&mut *tx)
        .await?;
    Ok(tag(tx, bonds, undo, words).await?.is_some_and(|tag| kept.as_deref() == Some(&tag)))
}

/// Binds all changes of a file from before.
pub(crate) async fn bind_all(tx: &mut SqliteConnection, bonds: &Bonds) -> Result<()> {
    let all: Vec<i64> = sqlx::query_scalar("SELECT id FROM undo").fetch_all(&mut *tx).await?;
    for undo in all {
        bind(tx, bonds, undo).await?;
    }
    Ok(())
}
