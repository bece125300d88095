//! The sealing keys of workspaces in a file only its owner can read: for servers and continuous integration, where there
//! is no keychain.
//!
//! One line a key: the entry's name, a space, the secret. Made with mode 0600 when missing; a file that others can read is refused.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::{SecretError, SecretStore};
use crate::files;

const FIRST_LINE: &str =
    "# Causeway key file. Anyone who reads it can read the passwords in these workspaces.";

/// What this place is called.
pub const KEY_FILE: &str = "the key file";

/// No key file is larger; a foreign file is not read into memory.
const LARGEST: u64 = 1 << 20;

/// A key file with one entry, as text: to be put on a server by whoever runs it.
pub(crate) fn key_file_text(name: &str, secret: &SecretString) -> Zeroizing<String> {
    let secret = secret.expose_secret();
    let mut text = Zeroizing::new(String::with_capacity(FIRST_LINE.len() + name.len() + secret.len() + 3));
    for part in [FIRST_LINE, "\n", name, " ", secret, "\n"] {
        text.push_str(part);
    }
    text
}

/// Sealing keys in a file (`--key-file`, `CAUSEWAY_KEY_FILE`).
#[derive(Debug, Clone)]
pub struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// Looks at the file: fine when it is missing (it is made when the first key is kept), refused when others can read it or
    /// when it is something else.
    pub fn new(path: impl Into<PathBuf>) -> Result<Self, SecretError> {
        let file = Self { path: path.into() };
        file.read()?;
        Ok(file)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn io(&self, error: &io::Error) -> SecretError {
        SecretError::Io { path: self.path.clone(), technical: error.to_string() }
    }

    /// The whole file, or `None` when it is missing.
    fn read(&self) -> Result<Option<Zeroizing<String>>, SecretError> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.io(&error)),
        };
        let about = file.metadata().map_err(|error| self.io(&error))?;
        if !about.is_file() || about.len() > LARGEST {
            return Err(SecretError::NotAKeyFile(self.path.clone()));
        }
        self.only_ours(&about)?;
        let mut text = Zeroizing::new(String::with_capacity(usize::try_from(about.len()).unwrap_or(0) + 1));
        match file.read_to_string(&mut text) {
            Ok(_) if text.is_empty() || text.starts_with(FIRST_LINE) => Ok(Some(text)),
            Ok(_) => Err(SecretError::NotAKeyFile(self.path.clone())),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(SecretError::NotAKeyFile(self.path.clone()))
            }
            Err(error) => Err(self.io(&error)),
        }
    }

    fn only_ours(&self, about: &fs::Metadata) -> Result<(), SecretError> {
        only_ours(&self.path, about).map_err(|mode| SecretError::Readable { path: self.path.clone(), mode })
    }

    /// Changes one entry, with other processes kept out meanwhile.
    fn change(&self, name: &str, secret: Option<&SecretString>) -> Result<(), SecretError> {
        let mut lock_name = self.path.file_name().unwrap_or_default().to_owned();
        lock_name.push(".lock");
        let lock_path = self.path.with_file_name(lock_name);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        // Whoever could open it could keep everyone waiting.
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let lock = options.open(&lock_path).map_err(|error| self.io(&error))?;
        lock.lock().map_err(|error| self.io(&error))?;
        let old = self.read()?.unwrap_or_default();
        let mut new = Zeroizing::new(String::with_capacity(old.len() + 512));
        new.push_str(FIRST_LINE);
        new.push('\n');
        for line in old.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            if line.split_once(' ').is_none_or(|(kept, _)| kept != name) {
                new.push_str(line);
                new.push('\n');
            }
        }
        if let Some(secret) = secret {
            new.push_str(name);
            new.push(' ');
            new.push_str(secret.expose_secret());
            new.push('\n');
        }
        files::write(&self.path, new.as_bytes()).map_err(|error| self.io(&error))
    }
}

/// Whether only its owner can read a file; else its permission bits.
///
/// What a service manager hands over in its own folder (`$CREDENTIALS_DIRECTORY`, systemd) is the service's alone whatever its
/// bits say: the folder is closed to everyone else, and an access list shows as a group's right.
#[cfg(unix)]
pub(crate) fn only_ours(path: &Path, about: &fs::Metadata) -> Result<(), u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = about.permissions().mode() & 0o777;
    let handed = std::env::var_os("CREDENTIALS_DIRECTORY").is_some_and(|folder| {
        let folder = Path::new(&folder);
        folder.is_absolute() && path.parent() == Some(folder)
    });
    if mode & 0o700 == mode || handed { Ok(()) } else { Err(mode) }
}

/// On Windows a file takes the access list of its folder; a user's own folders are closed to others.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "same shape on every platform")]
pub(crate) fn only_ours(_: &Path, _: &fs::Metadata) -> Result<(), u32> {
    Ok(())
}

impl SecretStore for KeyFile {
    fn place(&self) -> &'static str {
        KEY_FILE
    }

    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        let text = self.read()?.unwrap_or_default();
        let mut entries =
            text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' '));
        Ok(entries.find(|(kept, _)| *kept == name).map(|(_, secret)| secret.trim_end().into()))
    }

    /// Names with white space and secrets of more than one line do not occur: this keeps sealing keys and hooks' secrets only.
    fn set(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        self.change(name, Some(secret))
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        if self.get(name)?.is_none() { Ok(()) } else { self.change(name, None) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_made_when_missing_and_keeps_several_keys() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let file = KeyFile::new(&path).unwrap();
        assert!(!path.exists());
        assert!(file.get("workspace-key/a").unwrap().is_none());
        file.set("workspace-key/a", &"0011".into()).unwrap();
        file.set("workspace-key/b", &"2233".into()).unwrap();
        file.set("workspace-key/a", &"4455".into()).unwrap();
        let again = KeyFile::new(&path).unwrap();
        assert_eq!(again.get("workspace-key/a").unwrap().unwrap().expose_secret(), "4455");
        assert_eq!(again.get("workspace-key/b").unwrap().unwrap().expose_secret(), "2233");
        again.delete("workspace-key/a").unwrap();
        assert!(file.get("workspace-key/a").unwrap().is_none());
        assert_eq!(file.get("workspace-key/b").unwrap().unwrap().expose_secret(), "2233");
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        KeyFile::new(&path).unwrap().set("k", &"1".into()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = KeyFile::new(&path).unwrap_err();
        assert!(matches!(refused, SecretError::Readable { mode: 0o640, .. }));
        assert!(refused.to_string().contains("640"));
    }

    #[test]
    fn another_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        for content in [b"my notes".as_slice(), &[0xff, 0xfe, 0]] {
            fs::write(&path, content).unwrap();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            }
            assert!(matches!(KeyFile::new(&path).unwrap_err(), SecretError::NotAKeyFile(_)));
            assert_eq!(fs::read(&path).unwrap(), content);
        }
    }
}
