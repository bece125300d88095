//! A task of Windows' own Task Scheduler.
//!
//! A Windows service proper must answer the service control manager, which a console program can't; wrappers that do it (WinSW,
//! NSSM) are third-party programs that would stand beside people's passwords. The Task Scheduler is part of Windows, starts the
//! program at boot without anyone signed in, and again after a crash.

use super::{Inbound, Plan, ServiceFile, Todo, flags, xml};

const FOLDER: &str = r"C:\ProgramData\Causeway";

/// One argument as `CommandLineToArgvW` reads it.
pub(super) fn quoted(text: &str) -> String {
    if !text.is_empty() && !text.contains([' ', '\t', '"']) {
        return text.to_owned();
    }
    let mut out = String::from('"');
    let mut backslashes = 0;
    for c in text.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                out.push_str(&"\\".repeat(backslashes * 2 + 1));
                out.push('"');
                backslashes = 0;
            }
            other => {
                out.push_str(&"\\".repeat(backslashes));
                out.push(other);
                backslashes = 0;
            }
        }
    }
    out.push_str(&"\\".repeat(backslashes * 2));
    out.push('"');
    out
}

pub(super) fn file(plan: &Plan) -> ServiceFile {
    let (certificate, key) = match &plan.inbound {
        Inbound::Certificate { certificate, key } => {
            (certificate.display().to_string(), key.display().to_string())
        }
        Inbound::Plain | Inbound::SelfSigned => Default::default(),
    };
    let workspace = plan.workspace.display().to_string();
    let mut words = vec!["hook".to_owned(), "serve".into(), workspace.clone()];
    words.extend(flags(
        plan,
        &plan.bind.to_string(),
        &format!(r"{FOLDER}\hook-secret"),
        &format!(r"{FOLDER}\workspace.key"),
        &certificate,
        &key,
    ));
    let arguments: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    let text = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- Okta asks this server once a person, at their first sign-in. There is no secret in this file. -->
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Causeway password hook</Description>
  </RegistrationInfo>
  <Triggers>
    <BootTrigger>
      <Enabled>true</Enabled>
    </BootTrigger>
  </Triggers>
  <Principals>
    <Principal id="Hook">
      <UserId>S-1-5-19</UserId>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>4</Priority>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>999</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Hook">
    <Exec>
      <Command>{}</Command>
      <Arguments>{}</Arguments>
    </Exec>
  </Actions>
</Task>
"#,
        xml(&plan.program.display().to_string()),
        xml(&arguments.join(" "))
    );
    ServiceFile {
        name: "causeway-hook.xml",
        text,
        about: "A task of Windows' own Task Scheduler under the account Local Service, which may do next to nothing. Windows services \
                proper need a wrapper from elsewhere (WinSW, NSSM), and nothing from elsewhere should stand beside passwords. It starts \
                with the computer, and a minute after a crash.",
        steps: vec![
            Todo::new(
                "In a PowerShell opened as administrator: make the folder for its secrets, closed to everyone else.",
                format!(
                    r#"New-Item -ItemType Directory -Force {FOLDER}; icacls {FOLDER} /inheritance:r /grant "*S-1-5-19:(OI)(CI)M" "*S-1-5-32-544:(OI)(CI)F""#
                ),
            ),
            Todo::new(
                "Put the secret shown on this page into hook-secret and the workspace's key file beside it.",
                format!(r"notepad {FOLDER}\hook-secret"),
            ),
            Todo::new(
                "Let the account use the migration's file.",
                format!(r#"icacls "{workspace}" /grant "*S-1-5-19:M""#),
            ),
            Todo::new(
                "Register the task and start it.",
                r#"schtasks /Create /TN "Causeway password hook" /XML causeway-hook.xml; schtasks /Run /TN "Causeway password hook""#,
            ),
            Todo::new(
                "Ending the task ends the program at once; Okta repeats a call that was under way. Look at it with:",
                r#"schtasks /Query /TN "Causeway password hook" /V /FO LIST"#,
            ),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn arguments_come_through_as_windows_splits_them() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted(r"C:\Program Files\x"), r#""C:\Program Files\x""#);
        assert_eq!(quoted(r"a b\"), r#""a b\\""#);
        assert_eq!(quoted(r#"a"b"#), r#""a\"b""#);
        assert_eq!(quoted(""), r#""""#);
    }
}
