//! A hardened systemd unit (systemd 250 or later, for `%d`: Debian 12, RHEL 9 with updates, Ubuntu 22.10).

use super::parts::{
    Inbound, KEY_WORDS, NO_KEYCHAIN, Plan, SECRET_WORDS, ServiceFile, Todo, flags, hand_key, hand_secret,
    shell,
};

const SECRET: &str = "/etc/causeway/hook-secret";
const KEY: &str = "/etc/causeway/workspace.key";

/// One word of `ExecStart`: quoted, with what systemd expands escaped. Our own `%d` comes in unescaped.
fn word(text: &str) -> String {
    if let Some(name) = text.strip_prefix("%d/") {
        return format!("%d/{name}");
    }
    let escaped = text.replace('%', "%%").replace('$', "$$");
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,$[]".contains(c);
    if !escaped.is_empty() && escaped.chars().all(plain) {
        escaped
    } else {
        format!("\"{}\"", escaped.replace('\\', r"\\").replace('"', "\\\""))
    }
}

pub(super) fn file(plan: &Plan) -> ServiceFile {
    let name = plan.workspace.file_name().unwrap_or_default().to_string_lossy();
    let inside = format!("/var/lib/causeway/{name}");
    let options = flags(
        plan,
        &plan.bind.to_string(),
        "%d/hook-secret",
        "%d/workspace-key",
        "%d/certificate",
        "%d/certificate-key",
    );
    let program = "/usr/local/bin/causeway";
    let command: Vec<String> = [program, "hook", "serve", &inside]
        .into_iter()
        .map(word)
        .chain(options.iter().map(|o| word(o)))
        .collect();
    let mut credentials =
        format!("LoadCredential=hook-secret:{SECRET}\nLoadCredential=workspace-key:{KEY}\n");
    if let Inbound::Certificate { certificate, key } = &plan.inbound {
        credentials.push_str(&format!(
            "LoadCredential=certificate:{}\nLoadCredential=certificate-key:{}\n",
            certificate.display(),
            key.display()
        ));
    }
    let live = if plan.live {
        "# The source's password, for checking against it: CAUSEWAY_SOURCE_PASSWORD=… (mode 0600, owned by root).\nEnvironmentFile=/etc/causeway/hook.env\n"
    } else {
        ""
    };
    let low = plan.bind.port() < 1024;
    let capability = if low { "CAP_NET_BIND_SERVICE" } else { "" };
    let ambient = if low { "AmbientCapabilities=CAP_NET_BIND_SERVICE\n" } else { "" };
    // A service of a user of its own has no users to map: with a low port the capability must hold outside a user namespace.
    let users = if low { "" } else { "PrivateUsers=yes\n" };
    let text = format!(
        "# Okta asks this server once a person, at their first sign-in. There is no secret in this file.\n\
         [Unit]\n\
         Description=Causeway password hook\n\
         Wants=network-online.target\n\
         After=network-online.target\n\
         StartLimitIntervalSec=60\n\
         StartLimitBurst=10\n\
         \n\
         [Service]\n\
         Type=exec\n\
         ExecStart={command}\n\
         Restart=on-failure\n\
         RestartSec=1\n\
         # Sign-ins under way are answered before it ends.\n\
         KillSignal=SIGTERM\n\
         TimeoutStopSec=15\n\
         \n\
         # A user that exists only while it runs; the migration's file is in /var/lib/causeway, which only it can open.\n\
         DynamicUser=yes\n\
         StateDirectory=causeway\n\
         StateDirectoryMode=0700\n\
         UMask=0077\n\
         # Secrets are read by systemd as root and handed over in memory.\n\
         {credentials}{live}\
         # Passwords pass through its memory: it is never written to disk.\n\
         LimitCORE=0\n\
         MemorySwapMax=0\n\
         LimitNOFILE=4096\n\
         \n\
         NoNewPrivileges=yes\n\
         CapabilityBoundingSet={capability}\n\
         {ambient}{users}\
         ProtectSystem=strict\n\
         ProtectHome=yes\n\
         PrivateTmp=yes\n\
         PrivateDevices=yes\n\
         ProtectKernelTunables=yes\n\
         ProtectKernelModules=yes\n\
         ProtectKernelLogs=yes\n\
         ProtectControlGroups=yes\n\
         ProtectClock=yes\n\
         ProtectHostname=yes\n\
         ProtectProc=invisible\n\
         ProcSubset=pid\n\
         RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX\n\
         RestrictNamespaces=yes\n\
         RestrictRealtime=yes\n\
         RestrictSUIDSGID=yes\n\
         LockPersonality=yes\n\
         MemoryDenyWriteExecute=yes\n\
         SystemCallArchitectures=native\n\
         SystemCallFilter=@system-service\n\
         SystemCallFilter=~@privileged @resources\n\
         SystemCallErrorNumber=EPERM\n\
         \n\
         [Install]\n\
         WantedBy=multi-user.target\n",
        command = command.join(" ")
    );
    ServiceFile {
        name: "causeway-hook.service",
        text,
        about: "Runs under a user that exists only while it runs, sees nothing of the system but its own folder, and gets its secrets from \
                systemd. It starts with the machine and again after a crash.",
        steps: steps(plan),
    }
}

/// A shell's end of a pipe that makes a file only root reads.
fn file_of(path: &str) -> String {
    format!("sudo sh -c 'umask 077; cat > {path}'")
}

fn steps(plan: &Plan) -> Vec<Todo> {
    let workspace = shell(&plan.workspace.to_string_lossy());
    let program = shell(&plan.program.to_string_lossy());
    let mut steps = vec![
        Todo::new(
            "Put the program where every user may run it.",
            format!("sudo install -m 755 {program} /usr/local/bin/causeway"),
        ),
        Todo::new(
            "Give it a copy of the migration's file, as it sees nobody's home folder. Close the window first, so that the copy is whole; open it again afterwards.",
            format!(
                "sudo install -d -m 700 /etc/causeway /var/lib/causeway && sudo install -m 600 {workspace} /var/lib/causeway/"
            ),
        ),
        Todo::new(SECRET_WORDS, hand_secret(&program, &workspace, &file_of(SECRET))),
        Todo::new(format!("{KEY_WORDS} {NO_KEYCHAIN}"), hand_key(&program, &workspace, &file_of(KEY))),
    ];
    if plan.live {
        steps.push(Todo::new(
            "Put the source's password into its file, as CAUSEWAY_SOURCE_PASSWORD=….",
            "sudo install -m 600 /dev/null /etc/causeway/hook.env && sudoedit /etc/causeway/hook.env",
        ));
    }
    steps.push(Todo::new(
        "Save the unit, and start it now and at every boot.",
        "sudo install -m 644 causeway-hook.service /etc/systemd/system/ && sudo systemctl daemon-reload && sudo systemctl enable --now causeway-hook",
    ));
    steps.push(Todo::new(
        "Check that it is ready.",
        "systemctl status causeway-hook; journalctl -u causeway-hook -f",
    ));
    if matches!(plan.inbound, Inbound::Certificate { .. }) {
        steps.push(Todo::new(
            "After the certificate is renewed the unit must be restarted, as systemd hands files over at start: let certbot do it.",
            "sudo certbot renew --deploy-hook 'systemctl restart causeway-hook'",
        ));
    }
    steps
}
