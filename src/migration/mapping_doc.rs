//! The mapping as a workspace keeps it: in the clear, but for the secrets stated about passwords, which are sealed beside it.

use crate::mapping::Mapping;
use crate::model::SecretName;
use crate::workspace::{Workspace, WorkspaceError};

use super::docs;

/// What the sealed documents' names begin with.
const SEALED: &str = "mapping/";

fn sealed_name(secret: SecretName) -> String {
    format!("{SEALED}{}", secret.name())
}

/// Keeps the mapping. A secret it states goes sealed; one it says is kept apart stays as it is; others are taken away.
pub async fn keep_mapping(workspace: &Workspace, mapping: &Mapping) -> Result<(), WorkspaceError> {
    let known = mapping.password.secrets();
    let mut documents = Vec::new();
    for name in SecretName::ALL {
        match known.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => documents.push((sealed_name(name), Some(value.clone()))),
            None if mapping.password.states(name) => {}
            None => documents.push((sealed_name(name), None)),
        }
    }
    // The secrets first: a mapping that says they are kept apart finds them, whenever the power goes.
    workspace.put_sealed(documents).await?;
    workspace.put_doc(docs::MAPPING, mapping).await
}

/// The mapping that is kept, its secrets put back. `None` when there is none.
pub async fn kept_mapping(workspace: &Workspace) -> Result<Option<Mapping>, WorkspaceError> {
    let Some(mut mapping) = workspace.doc::<Mapping>(docs::MAPPING).await? else { return Ok(None) };
    if mapping.password.lacks_secret() {
        for (sealed, value) in workspace.sealed(SEALED, "", u32::MAX).await? {
            if let Some(name) = SecretName::ALL.into_iter().find(|name| sealed_name(*name) == sealed) {
                mapping.password.restore(name, value);
            }
        }
    }
    Ok(Some(mapping))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::mapping::VERSION;
    use crate::model::{PasswordSettings, Selection, TableName};
    use crate::secrets::SessionOnly;
    use crate::workspace::{Keys, NewWorkspace};

    #[tokio::test]
    async fn a_stated_secret_comes_back_and_is_not_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("move.causeway");
        let keys = Keys::new(Arc::new(SessionOnly::new()));
        let new = NewWorkspace { name: "Intranet".to_owned() };
        let workspace = Workspace::create(&path, new, keys).await.unwrap();
        let password = PasswordSettings {
            assume: Some("devise-bcrypt-pepper".to_owned()),
            pepper: Some("s3cret-p3pper".into()),
            ..PasswordSettings::default()
        };
        let selection = Selection::table(TableName { schema: None, name: "users".to_owned() });
        let mut mapping =
            Mapping { version: VERSION, selection, rules: Vec::new(), password, left_tables: Vec::new() };
        keep_mapping(&workspace, &mapping).await.unwrap();
        assert_eq!(kept_mapping(&workspace).await.unwrap().as_ref(), Some(&mapping));

        // What a file of the mapping gives back says only that there is one: it stays.
        let exported = Mapping::from_json(&mapping.to_json()).unwrap();
        keep_mapping(&workspace, &exported).await.unwrap();
        assert_eq!(kept_mapping(&workspace).await.unwrap().as_ref(), Some(&mapping));

        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            assert!(!bytes.windows(13).any(|window| window == b"s3cret-p3pper"));
        }

        // Stated no more, it is gone.
        mapping.password.pepper = None;
        keep_mapping(&workspace, &mapping).await.unwrap();
        assert!(workspace.sealed(SEALED, "", 9).await.unwrap().is_empty());
    }
}
