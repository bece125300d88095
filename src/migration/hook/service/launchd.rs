//! A launchd daemon for macOS: runs without anyone being signed in.

use super::parts::{
    Inbound, KEY_WORDS, NO_KEYCHAIN, Plan, SECRET_WORDS, ServiceFile, Todo, flags, hand_key, hand_secret,
    shell, xml,
};

/// Secrets and certificates.
const FOLDER: &str = "/usr/local/etc/causeway";
/// The migration's file, with what SQLite keeps beside it, and the log.
const DATA: &str = "/usr/local/var/causeway";
const PROGRAM: &str = "/usr/local/bin/causeway";

pub(super) fn file(plan: &Plan) -> ServiceFile {
    let name = plan.workspace.file_name().unwrap_or_default().to_string_lossy();
    let inside = format!("{DATA}/{name}");
    let place = |file: &str| format!("{FOLDER}/{file}");
    let (secret, key_file) = (place("hook-secret"), place("workspace.key"));
    let mut words = vec![PROGRAM.to_owned(), "hook".into(), "serve".into(), inside];
    let (certificate, key) = (place("certificate.pem"), place("certificate.key"));
    words.extend(flags(plan, &plan.bind.to_string(), &secret, &key_file, &certificate, &key));
    let words =
        words.iter().map(|word| format!("    <string>{}</string>", xml(word))).collect::<Vec<_>>().join("\n");
    let text = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Okta asks this server once a person, at their first sign-in. There is no secret in this file. -->
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>com.causeway.hook</string>
  <key>ProgramArguments</key>
  <array>
{words}
  </array>
  <key>UserName</key>
  <string>_causeway</string>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>5</integer>
  <key>ExitTimeOut</key>
  <integer>15</integer>
  <key>ProcessType</key>
  <string>Interactive</string>
  <key>Umask</key>
  <integer>63</integer>
  <key>HardResourceLimits</key>
  <dict>
    <key>Core</key>
    <integer>0</integer>
  </dict>
  <key>StandardErrorPath</key>
  <string>{DATA}/hook.log</string>
</dict>
</plist>
"#
    );
    ServiceFile {
        name: "com.causeway.hook.plist",
        text,
        about: "A daemon under a user of its own: it runs while nobody is signed in, so its secrets come from files that only this \
                user reads, not from a keychain. launchd starts it with the machine and again after a crash.",
        steps: steps(plan),
    }
}

/// A shell's end of a pipe that makes a file only the daemon reads.
fn file_of(path: &str) -> String {
    format!("sudo sh -c 'umask 077; cat > {path} && chown _causeway {path}'")
}

fn steps(plan: &Plan) -> Vec<Todo> {
    let workspace = shell(&plan.workspace.to_string_lossy());
    let program = shell(&plan.program.to_string_lossy());
    let mut steps = vec![
        Todo::new(
            "Make the user it runs as, once.",
            "sudo sysadminctl -addUser _causeway -roleAccount -UID 298 -shell /usr/bin/false -home /var/empty",
        ),
        Todo::new(
            "Put the program where every user may run it, and make the daemon's own folders, closed to everyone else.",
            format!(
                "sudo install -d /usr/local/bin && sudo install -m 755 {program} {PROGRAM} && sudo install -d -m 700 -o _causeway {FOLDER} {DATA}"
            ),
        ),
        Todo::new(
            "Give it a copy of the migration's file: your own folders stay yours. Close the window first, so that the copy is whole; \
             open it again afterwards.",
            format!("sudo install -m 600 -o _causeway {workspace} {DATA}/"),
        ),
        Todo::new(
            SECRET_WORDS,
            hand_secret(&program, &workspace, &file_of(&format!("{FOLDER}/hook-secret"))),
        ),
        Todo::new(
            format!("{KEY_WORDS} {NO_KEYCHAIN}"),
            hand_key(&program, &workspace, &file_of(&format!("{FOLDER}/workspace.key"))),
        ),
    ];
    if let Inbound::Certificate { certificate, key } = &plan.inbound {
        let [certificate, key] = [certificate, key].map(|path| shell(&path.to_string_lossy()));
        steps.push(Todo::new(
            "Give it the certificate and its key; again after each renewal, which it takes up within seconds.",
            format!(
                "sudo install -m 600 -o _causeway {certificate} {FOLDER}/certificate.pem && sudo install -m 600 -o _causeway {key} {FOLDER}/certificate.key"
            ),
        ));
    }
    if plan.live {
        steps.push(Todo::new(
            "Against the live source it needs the source's password as CAUSEWAY_SOURCE_PASSWORD. launchd has no file for that but the \
             property list itself: put it there as EnvironmentVariables, and let only root read the list (mode 600).",
            String::new(),
        ));
    }
    steps.push(Todo::new(
        "Save the file, and start it now and at every start of the computer.",
        format!("sudo install -m {} -o root -g wheel com.causeway.hook.plist /Library/LaunchDaemons/ && sudo launchctl bootstrap system /Library/LaunchDaemons/com.causeway.hook.plist", if plan.live { "600" } else { "644" }),
    ));
    steps.push(Todo::new(
        "Check that it runs.",
        format!("sudo launchctl print system/com.causeway.hook; sudo tail -f {DATA}/hook.log"),
    ));
    steps
}
