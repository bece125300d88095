//! A file's path typed into our own window, where the computer has no file dialogs (a bare Linux desktop).

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

use super::Waker;
use super::picker::Wanted;

/// A path the window is to ask for.
#[derive(Debug)]
pub struct Asked {
    /// What it is for.
    pub wanted: Wanted,
    /// What stands in the field at first, then what is typed.
    pub text: String,
    /// What is wrong with the path typed before, or to be known about it.
    pub note: Option<String>,
    answer: oneshot::Sender<Option<PathBuf>>,
}

impl Asked {
    /// The path as typed.
    pub fn give(self) {
        let text = self.text.trim();
        let path = (!text.is_empty()).then(|| PathBuf::from(text));
        self.answer.send(path).ok();
    }

    /// None.
    pub fn cancel(self) {
        self.answer.send(None).ok();
    }
}

/// Where the paths to ask for wait for the window.
#[derive(Debug)]
pub struct TypedPaths {
    waker: Waker,
    home: PathBuf,
    asked: Mutex<Option<Asked>>,
}

impl TypedPaths {
    /// For this window; paths that name no folder are in `home`.
    pub fn new(waker: Waker, home: PathBuf) -> Self {
        Self { waker, home, asked: Mutex::default() }
    }

    /// The path to ask for now, if one is.
    pub fn take(&self) -> Option<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Asks until the path is one that can be used, or nobody wants to give one.
    pub(super) async fn ask(&self, wanted: Wanted) -> Option<PathBuf> {
        let mut text = match &wanted {
            Wanted::Open { .. } => String::new(),
            Wanted::Save { name, .. } => self.home.join(name).display().to_string(),
        };
        let (mut note, mut before) = (None, None);
        loop {
            let (answer, given) = oneshot::channel();
            let asked = Asked { wanted: wanted.clone(), text, note, answer };
            *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(asked);
            self.waker.wake();
            let typed = given.await.ok().flatten()?;
            let path = self.whole(&typed);
            note = objection(&wanted, &path, before.as_deref());
            if note.is_none() {
                return Some(path);
            }
            text = path.display().to_string();
            before = Some(path);
        }
    }

    /// A path as people type it: `~` is home, and so is no folder at all.
    fn whole(&self, typed: &Path) -> PathBuf {
        match typed.strip_prefix("~") {
            Ok(rest) => self.home.join(rest),
            Err(_) => self.home.join(typed),
        }
    }
}

/// Why a path can't be used; `before` is the one given before, which was objected to.
fn objection(wanted: &Wanted, path: &Path, before: Option<&Path>) -> Option<String> {
    let folder = path.parent().unwrap_or(path);
    match wanted {
        Wanted::Open { .. } if path.is_dir() => Some("This is a folder. Add the file's name.".into()),
        Wanted::Open { .. } if !path.exists() => Some("There is no such file.".into()),
        Wanted::Save { .. } if path.is_dir() => Some("This is a folder. Add a name for the file.".into()),
        Wanted::Save { .. } if !folder.is_dir() => {
            Some(format!("There is no folder “{}”.", folder.display()))
        }
        Wanted::Save { .. } if path.exists() && before != Some(path) => {
            Some("There is already a file with that name. If you continue, it is replaced.".into())
        }
        Wanted::Open { .. } | Wanted::Save { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn save() -> Wanted {
        Wanted::Save { title: "Export", name: "people.csv".into() }
    }

    #[tokio::test]
    async fn a_file_that_is_there_is_not_replaced_without_a_word() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("people.csv"), "old").unwrap();
        let paths = Arc::new(TypedPaths::new(Waker::default(), folder.path().to_owned()));
        let asking = tokio::spawn({
            let paths = Arc::clone(&paths);
            async move { paths.ask(save()).await }
        });
        let next = async || loop {
            match paths.take() {
                Some(asked) => break asked,
                None => tokio::task::yield_now().await,
            }
        };
        let first = next().await;
        assert_eq!(first.text, folder.path().join("people.csv").display().to_string());
        assert_eq!(first.note, None);
        first.give();
        let again = next().await;
        assert!(again.note.as_ref().is_some_and(|note| note.contains("it is replaced")), "{again:?}");
        Asked { text: "~/nowhere/x.csv".into(), ..again }.give();
        let third = next().await;
        assert!(third.note.as_ref().is_some_and(|note| note.contains("There is no folder")), "{third:?}");
        Asked { text: "other.csv".into(), ..third }.give();
        assert_eq!(asking.await.unwrap(), Some(folder.path().join("other.csv")));
    }

    #[tokio::test]
    async fn who_cancels_gives_no_path() {
        let paths = Arc::new(TypedPaths::new(Waker::default(), PathBuf::from("/nonexistent")));
        let asking = tokio::spawn({
            let paths = Arc::clone(&paths);
            async move { paths.ask(Wanted::Open { title: "Load", kinds: &[] }).await }
        });
        let asked = loop {
            match paths.take() {
                Some(asked) => break asked,
                None => tokio::task::yield_now().await,
            }
        };
        asked.cancel();
        assert_eq!(asking.await.unwrap(), None);
    }
}
