//! A launchd daemon for macOS: runs without anyone being signed in.

use super::{Inbound, Plan, ServiceFile, Todo, flags, shell, xml};

const FOLDER: &str = "/usr/local/etc/causeway";

pub(super) fn file(plan: &Plan) -> ServiceFile {
    let (certificate, key) = match &plan.inbound {
        Inbound::Certificate { certificate, key } => {
            (certificate.display().to_string(), key.display().to_string())
        }
        Inbound::Plain | Inbound::SelfSigned => Default::default(),
    };
    let secret = format!("{FOLDER}/hook-secret");
    let key_file = format!("{FOLDER}/workspace.key");
    let workspace = plan.workspace.display().to_string();
    let program = plan.program.display().to_string();
    let mut words = vec![program, "hook".into(), "serve".into(), workspace];
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
  <string>/var/log/causeway-hook.log</string>
</dict>
</plist>
"#
    );
    let folder = shell(&plan.workspace.parent().unwrap_or(&plan.workspace).to_string_lossy());
    ServiceFile {
        name: "com.causeway.hook.plist",
        text,
        about: "A daemon under a user of its own: it runs while nobody is signed in, so its secrets come from files that only this \
                user reads, not from a keychain. launchd starts it with the machine and again after a crash.",
        steps: vec![
            Todo::new(
                "Make the user it runs as, once.",
                "sudo sysadminctl -addUser _causeway -roleAccount -UID 298 -shell /usr/bin/false -home /var/empty",
            ),
            Todo::new(
                "Let it, and nobody else, use the migration's folder.",
                format!("sudo chown -R _causeway {folder}"),
            ),
            Todo::new(
                "Put the secret shown on this page and the workspace's key file in place, readable by it alone.",
                format!(
                    "sudo install -d -m 700 -o _causeway {FOLDER} && sudo install -m 600 -o _causeway hook-secret workspace.key {FOLDER}/"
                ),
            ),
            Todo::new(
                "Save the file, and start it now and at every start of the computer.",
                "sudo install -m 644 -o root -g wheel com.causeway.hook.plist /Library/LaunchDaemons/ && sudo launchctl bootstrap system /Library/LaunchDaemons/com.causeway.hook.plist",
            ),
            Todo::new(
                "See that it runs.",
                "sudo launchctl print system/com.causeway.hook; tail -f /var/log/causeway-hook.log",
            ),
        ],
    }
}
