//! A task of Windows' own Task Scheduler.
//!
//! A Windows service proper must answer the service control manager, which a console program can't; wrappers that do it (WinSW,
//! NSSM) are third-party programs that would stand beside people's passwords. The Task Scheduler is part of Windows, starts the
//! program at boot without anyone signed in, and again after a crash.

use super::parts::{
    Inbound, KEY_WORDS, NO_KEYCHAIN, Plan, SECRET_WORDS, ServiceFile, Todo, flags, hand_key, hand_secret, xml,
};

/// Everything it reads and writes: the migration's file, with what SQLite keeps beside it, and its secrets.
const FOLDER: &str = r"C:\ProgramData\Causeway";
const PROGRAM: &str = r"C:\Program Files\Causeway\causeway.exe";

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
    let name = plan.workspace.file_name().unwrap_or_default().to_string_lossy();
    let place = |file: &str| format!(r"{FOLDER}\{file}");
    let mut words = vec!["hook".to_owned(), "serve".into(), place(&name)];
    words.extend(flags(
        plan,
        &plan.bind.to_string(),
        &place("hook-secret"),
        &place("workspace.key"),
        &place("certificate.pem"),
        &place("certificate.key"),
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
      <Count>255</Count>
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
        xml(PROGRAM),
        xml(&arguments.join(" "))
    );
    ServiceFile {
        name: "causeway-hook.xml",
        text,
        about: "A task of Windows' own Task Scheduler under the account Local Service, which may do next to nothing. Windows services \
                proper need a wrapper from elsewhere (WinSW, NSSM), and nothing from elsewhere should stand beside passwords. It starts \
                with the computer, and a minute after a crash.",
        steps: steps(plan, &arguments.join(" ")),
    }
}

/// One word for PowerShell.
fn powershell(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn steps(plan: &Plan, arguments: &str) -> Vec<Todo> {
    let workspace = powershell(&plan.workspace.to_string_lossy());
    let program = powershell(&plan.program.to_string_lossy());
    let run = format!("& {program}");
    let file_of = |file: &str| format!(r"Set-Content -Encoding ascii {FOLDER}\{file}");
    let mut steps = vec![
        Todo::new(
            "In a PowerShell opened as administrator: make its folder, closed to everyone else.",
            format!(
                r#"New-Item -ItemType Directory -Force {FOLDER}; icacls {FOLDER} /inheritance:r /grant "*S-1-5-19:(OI)(CI)M" "*S-1-5-32-544:(OI)(CI)F""#
            ),
        ),
        Todo::new(
            "Put the program where every account may run it, and nobody but an administrator change it.",
            format!(
                r#"New-Item -ItemType Directory -Force "C:\Program Files\Causeway"; Copy-Item -LiteralPath {program} "{PROGRAM}""#
            ),
        ),
        Todo::new(
            "Give it a copy of the migration's file: SQLite writes beside it, so the account needs the folder, not the file alone. Close the \
             window first, so that the copy is whole; open it again afterwards.",
            format!("Copy-Item -LiteralPath {workspace} {FOLDER}"),
        ),
        Todo::new(SECRET_WORDS, hand_secret(&run, &workspace, &file_of("hook-secret"))),
        Todo::new(
            format!("{KEY_WORDS} {NO_KEYCHAIN}"),
            hand_key(&run, &workspace, &file_of("workspace.key")),
        ),
    ];
    steps.push(Todo::new(
        "Keep its memory, where passwords are while they are checked, out of Windows' crash reports: a program can't do that by itself there. \
         Where this computer writes LocalDumps of every program, switch that off.",
        r#"reg add "HKLM\SOFTWARE\Microsoft\Windows\Windows Error Reporting\ExcludedApplications" /v causeway.exe /t REG_DWORD /d 1 /f"#,
    ));
    if let Inbound::Certificate { certificate, key } = &plan.inbound {
        let [certificate, key] = [certificate, key].map(|path| powershell(&path.to_string_lossy()));
        steps.push(Todo::new(
            "Give it the certificate and its key; again after each renewal, which it takes up within seconds.",
            format!(
                r"Copy-Item -LiteralPath {certificate} {FOLDER}\certificate.pem; Copy-Item -LiteralPath {key} {FOLDER}\certificate.key"
            ),
        ));
    }
    if plan.live {
        steps.push(Todo::new(
            "Against the live source it needs the source's password, and a task has no place for one but the environment of the whole \
             computer, which everyone signed in can read. Check against the passwords stored in the migration, or use a source that knows \
             the account itself.",
            String::new(),
        ));
    }
    steps.push(Todo::new(
        "Register the task and start it.",
        r#"schtasks /Create /TN "Causeway password hook" /XML causeway-hook.xml; schtasks /Run /TN "Causeway password hook""#,
    ));
    steps.push(Todo::new(
        "Ending the task ends the program at once; Okta repeats a call that was under way. Look at it with:",
        r#"schtasks /Query /TN "Causeway password hook" /V /FO LIST"#,
    ));
    steps.push(Todo::new(
        "If it ends by itself, the same line in this PowerShell says why.",
        format!(r#"& "{PROGRAM}" {arguments}"#),
    ));
    steps
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
