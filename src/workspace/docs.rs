//! Settings of a migration: the source's form, the mapping, the choices of each step. Typed JSON by name.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::bond;
use super::error::{Result, WorkspaceError};
use super::open::Workspace;
use super::seal::{BlobKind, Nonces};
use crate::model::SecretBytes;

impl Workspace {
    /// The setting of that name, `None` when it was never made. Settings hold no secret: passwords and tokens are in the keychain.
    pub async fn doc<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        // One snapshot: what is compared belongs together.
        let mut tx = self.0.readers.begin().await?;
        let json = bond::setting(&mut tx, self.0.sealer.bonds(), name).await?;
        tx.commit().await?;
        let Some(json) = json else { return Ok(None) };
        serde_json::from_str(&json).map(Some).map_err(|error| setting(name, &error))
    }

    /// Makes or replaces a setting.
    pub async fn put_doc<T: Serialize + ?Sized + Sync>(&self, name: &str, value: &T) -> Result<()> {
        let json = serde_json::to_string(value).map_err(|error| setting(name, &error))?;
        let mut tx = self.begin().await?;
        sqlx::query("INSERT INTO docs (name, json, written) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET json = excluded.json, written = excluded.written")
            .bind(name)
            .bind(&json)
            .bind(self.now())
            .execute(&mut *tx)
            .await?;
        bond::keep_setting(&mut tx, self.0.sealer.bonds(), name, &json).await?;
        self.commit(tx).await
    }

    /// Takes a setting away; fine when there is none.
    pub async fn remove_doc(&self, name: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM docs WHERE name = ?").bind(name).execute(&mut *tx).await?;
        bond::forget_setting(&mut tx, self.0.sealer.bonds(), name).await?;
        self.commit(tx).await
    }

    /// Keeps (or with `None` takes away) sealed documents: for what may hold secrets, such as the practice org's people. All of
    /// them or none. [`Workspace::changes`] does not tell of it: no list or number shown depends on them.
    pub async fn put_sealed(&self, documents: Vec<(String, Option<SecretBytes>)>) -> Result<()> {
        let mut nonces = Nonces::new().map_err(|error| WorkspaceError::Database(error.to_string()))?;
        let mut tx = self.begin().await?;
        for (name, clear) in documents {
            let query = match clear {
                Some(clear) => {
                    let blob = self.0.sealer.seal(BlobKind::Document, &name, clear.expose(), &mut nonces);
                    sqlx::query("INSERT INTO sealed_docs (name, blob) VALUES (?, ?) ON CONFLICT DO UPDATE SET blob = excluded.blob")
                        .bind(name)
                        .bind(blob)
                }
                None => sqlx::query("DELETE FROM sealed_docs WHERE name = ?").bind(name),
            };
            query.execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Takes away all sealed documents whose names begin with `prefix`. Gives how many there were.
    pub async fn remove_sealed(&self, prefix: &str) -> Result<u64> {
        let mut tx = self.begin().await?;
        let gone = sqlx::query("DELETE FROM sealed_docs WHERE name >= ?1 AND name < ?1 || char(1114111)")
            .bind(prefix)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(gone.rows_affected())
    }

    /// Sealed documents whose names begin with `prefix`, by name, opened: at most `limit`, those after the name `after`.
    pub async fn sealed(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<(String, SecretBytes)>> {
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(
            "SELECT name, blob FROM sealed_docs WHERE name >= ?1 AND name < ?1 || char(1114111) AND name > ?2
             ORDER BY name LIMIT ?3",
        )
        .bind(prefix)
        .bind(after)
        .bind(limit)
        .fetch_all(&self.0.readers)
        .await?;
        rows.into_iter()
            .map(|(name, blob)| {
                let opened = self.0.sealer.open(BlobKind::Document, &name, &blob);
                let opened = opened.map_err(|error| {
                    WorkspaceError::damaged("a sealed setting does not open", error.to_string())
                })?;
                Ok((name, opened))
            })
            .collect()
    }
}

fn setting(name: &str, error: &serde_json::Error) -> WorkspaceError {
    WorkspaceError::Setting { name: name.to_owned(), technical: error.to_string() }
}
