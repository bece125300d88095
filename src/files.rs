//! Files full of people, keys or links: only their owner reads them, and they are there whole or not at all.
//!
//! What is written goes to a new file beside (mode 0600 from its first byte on), is put on disk, and takes the place of what was
//! there in one step: a full disk or a crash leaves the old file as it was. A link is replaced, never followed. On Windows a file
//! takes the access list of its folder.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file being written. Dropped before [`PrivateFile::keep`], nothing of it is left.
#[derive(Debug)]
pub struct PrivateFile {
    path: PathBuf,
    to: To,
}

#[derive(Debug)]
enum To {
    /// Beside the place it is for.
    Beside(NamedTempFile),
    /// A pipe or device (`/dev/stdout`), which can't be replaced.
    Through(File),
}

impl PrivateFile {
    /// Begins a file that will be at `path`.
    pub fn begin(path: &Path) -> io::Result<Self> {
        let to = if is_device(path) {
            To::Through(OpenOptions::new().write(true).open(path)?)
        } else {
            // Told now, not after an hour of writing.
            if path.is_dir() || path.file_name().is_none() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            let beside =
                tempfile::Builder::new().prefix(".causeway-").suffix(".tmp").tempfile_in(folder(path))?;
            To::Beside(beside)
        };
        Ok(Self { path: path.to_owned(), to })
    }

    /// Puts it in its place, over what is there.
    pub fn keep(self) -> io::Result<()> {
        match self.to {
            To::Through(mut file) => file.flush(),
            To::Beside(file) => {
                file.as_file().sync_all()?;
                file.persist(&self.path).map_err(|error| error.error)?;
                settled(&self.path)
            }
        }
    }

    /// Puts it in its place; where something is already, it fails with [`io::ErrorKind::AlreadyExists`] and the file can be put
    /// elsewhere.
    pub fn keep_new(mut self, path: &Path) -> Result<(), (Option<Self>, io::Error)> {
        match self.to {
            To::Through(mut file) => file.flush().map_err(|error| (None, error)),
            To::Beside(file) => {
                file.as_file().sync_all().map_err(|error| (None, error))?;
                match file.persist_noclobber(path) {
                    Ok(_) => settled(path).map_err(|error| (None, error)),
                    Err(error) => {
                        self.to = To::Beside(error.file);
                        Err((Some(self), error.error))
                    }
                }
            }
        }
    }
}

impl Write for PrivateFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            To::Beside(file) => file.write(bytes),
            To::Through(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            To::Beside(file) => file.flush(),
            To::Through(file) => file.flush(),
        }
    }
}

/// Writes a whole file over what is there.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = PrivateFile::begin(path)?;
    file.write_all(bytes)?;
    file.keep()
}

/// Writes a whole file where nothing is yet; else [`io::ErrorKind::AlreadyExists`].
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = PrivateFile::begin(path)?;
    file.write_all(bytes)?;
    file.keep_new(path).map_err(|(_, error)| error)
}

/// A new file for what must be on disk line by line; never one that is there, nor what a link points to.
pub fn open_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// What is to be said where a file full of people, keys or links is made on a system without file modes; `None` where only its owner
/// reads it.
pub fn access_note() -> Option<&'static str> {
    note(cfg!(windows))
}

fn note(windows: bool) -> Option<&'static str> {
    windows.then_some(
        "On Windows whoever may open the folder may open this file, too: keep it in a folder of your own.",
    )
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What stands for a stream: it is written through, for replacing `/dev/stdout` would take it from everybody.
fn is_device(path: &Path) -> bool {
    let streams = cfg!(unix) && ["/dev", "/proc"].iter().any(|place| path.starts_with(place));
    streams || fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir())
}

/// The folder's entry on disk too: a power cut does not bring the old file back.
fn settled(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder(path))?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn where_a_file_is_only_as_closed_as_its_folder_that_is_said() {
        assert_eq!(note(false), None);
        assert!(note(true).is_some_and(|words| words.contains("folder of your own")));
        assert_eq!(access_note(), note(cfg!(windows)));
    }

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        use std::os::unix::fs::PermissionsExt as _;
        fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn the_old_file_stays_until_the_new_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv");
        fs::write(&path, "old").unwrap();
        let mut file = PrivateFile::begin(&path).unwrap();
        file.write_all(b"half of the n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        // What a full disk comes to: it is given up before its end.
        drop(file);
        assert_eq!((fs::read(&path).unwrap().as_slice(), names(folder.path()).len()), (b"old".as_slice(), 1));
        write(&path, b"new").unwrap();
        assert_eq!((fs::read(&path).unwrap().as_slice(), names(folder.path()).len()), (b"new".as_slice(), 1));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_it_from_the_first_byte_on() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let file = PrivateFile::begin(&path).unwrap();
        let beside = names(folder.path()).into_iter().find(|name| name != "keys").unwrap();
        assert_eq!(mode(&folder.path().join(beside)), 0o600);
        file.keep().unwrap();
        assert_eq!(mode(&path), 0o600, "whatever the old one allowed");
        let links = folder.path().join("links");
        open_new(&links).unwrap();
        assert_eq!(mode(&links), 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_replaced_and_what_it_points_to_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "theirs").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert_eq!(write_new(&link, b"ours").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(open_new(&link).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        write(&link, b"ours").unwrap();
        assert_eq!(
            (fs::read(&target).unwrap(), fs::read(&link).unwrap()),
            (b"theirs".to_vec(), b"ours".to_vec())
        );
        assert!(fs::symlink_metadata(&link).unwrap().is_file());
    }

    #[test]
    fn a_new_file_is_never_put_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write_new(&path, b"first").unwrap();
        assert_eq!(write_new(&path, b"second").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        let mut file = PrivateFile::begin(&path).unwrap();
        file.write_all(b"third").unwrap();
        let (file, _) = file.keep_new(&path).unwrap_err();
        file.unwrap().keep_new(&folder.path().join("key 2")).unwrap();
        assert_eq!(names(folder.path()), ["key", "key 2"]);
    }

    #[test]
    fn where_no_file_can_be_is_said_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        assert!(PrivateFile::begin(folder.path()).is_err());
        assert!(PrivateFile::begin(&folder.path().join("none/people.csv")).is_err());
        assert!(names(folder.path()).is_empty());
    }

    /// `/dev/full` refuses as a full disk does; `/dev/null` is still a device afterwards.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_is_written_through() {
        write(Path::new("/dev/null"), b"gone").unwrap();
        assert!(!fs::symlink_metadata("/dev/null").unwrap().is_file());
        assert_eq!(write(Path::new("/dev/full"), b"x").unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
