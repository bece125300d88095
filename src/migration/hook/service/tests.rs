//! Texts by value, and parsed by those who will read them.

use std::path::PathBuf;

use super::*;

fn plan() -> Plan {
    Plan {
        program: PathBuf::from("/opt/causeway/causeway"),
        workspace: PathBuf::from("/srv/My Move & co.causeway"),
        bind: "127.0.0.1:8443".parse().expect("an address"),
        path: "/pwhook".into(),
        inbound: Inbound::Plain,
        live: false,
    }
}

fn certified() -> Plan {
    Plan {
        inbound: Inbound::Certificate {
            certificate: "/etc/ssl/hook.pem".into(),
            key: "/etc/ssl/hook.key".into(),
        },
        bind: "0.0.0.0:443".parse().expect("an address"),
        live: true,
        ..plan()
    }
}

#[test]
fn the_unit_runs_the_server_hardened() {
    let unit = file(Kind::Systemd, &plan()).text;
    assert!(unit.contains(
        "ExecStart=/usr/local/bin/causeway hook serve \"/var/lib/causeway/My Move & co.causeway\" --bind 127.0.0.1:8443 --path /pwhook --plain --secret-file %d/hook-secret --key-file %d/workspace-key\n"
    ), "{unit}");
    for line in [
        "DynamicUser=yes",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "LimitCORE=0",
        "CapabilityBoundingSet=",
        "LoadCredential=hook-secret:/etc/causeway/hook-secret",
        "KillSignal=SIGTERM",
    ] {
        assert!(unit.lines().any(|l| l == line), "{line}");
    }
    assert!(!unit.contains("AmbientCapabilities") && !unit.contains("EnvironmentFile"));
    let unit = file(Kind::Systemd, &certified()).text;
    for line in [
        "CapabilityBoundingSet=CAP_NET_BIND_SERVICE",
        "AmbientCapabilities=CAP_NET_BIND_SERVICE",
        "LoadCredential=certificate:/etc/ssl/hook.pem",
        "LoadCredential=certificate-key:/etc/ssl/hook.key",
        "EnvironmentFile=/etc/causeway/hook.env",
    ] {
        assert!(unit.lines().any(|l| l == line), "{line}");
    }
    assert!(unit.contains("--cert %d/certificate --key %d/certificate-key --live"), "{unit}");
}

#[test]
#[cfg(unix)]
fn beside_the_window_it_takes_the_same_file_and_no_secret() {
    assert_eq!(
        beside(&plan()),
        "/opt/causeway/causeway hook serve '/srv/My Move & co.causeway' --bind 127.0.0.1:8443 --path /pwhook --plain"
    );
    assert_eq!(
        beside(&certified()),
        "/opt/causeway/causeway hook serve '/srv/My Move & co.causeway' --bind 0.0.0.0:443 --path /pwhook --cert /etc/ssl/hook.pem --key /etc/ssl/hook.key --live"
    );
}

#[test]
fn systemd_itself_takes_the_unit() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, plan) in [("plain", plan()), ("certified", certified())] {
        // What runs must exist for the check; everything else is as written.
        let text = file(Kind::Systemd, &plan).text.replace("/usr/local/bin/causeway", "/bin/true");
        let path = folder.path().join(format!("causeway-{name}.service"));
        std::fs::write(&path, text).expect("written");
        match std::process::Command::new("systemd-analyze").arg("verify").arg(&path).output() {
            Ok(out) => {
                let said = String::from_utf8_lossy(&out.stderr);
                let about_it = said.lines().filter(|l| l.contains("causeway-")).collect::<Vec<_>>();
                assert!(about_it.is_empty(), "{said}");
            }
            // Only Linux with systemd has it; there the test above stands alone elsewhere.
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound),
        }
    }
}

/// Reads XML as strictly as needed to see that every element is closed; gives the texts of one element.
fn texts(xml: &str, element: &str) -> Vec<String> {
    let mut open = Vec::new();
    let mut found = Vec::new();
    let mut rest = xml;
    while let Some(at) = rest.find('<') {
        let text = &rest[..at];
        let end = rest[at..].find('>').expect("a closed tag") + at;
        let tag = &rest[at + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closed in order");
            if name == element {
                assert!(!text.replace("&amp;", "").replace("&quot;", "").contains('&'), "{text}");
                found.push(
                    text.replace("&quot;", "\"")
                        .replace("&lt;", "<")
                        .replace("&gt;", ">")
                        .replace("&amp;", "&"),
                );
            }
        } else if !tag.starts_with(['?', '!']) && !tag.ends_with('/') {
            open.push(tag.split(' ').next().expect("a name"));
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?}");
    found
}

#[test]
fn the_plist_runs_the_server_as_its_own_user() {
    let plist = file(Kind::Launchd, &plan()).text;
    let strings = texts(&plist, "string");
    assert_eq!(
        strings[..7],
        [
            "com.causeway.hook",
            "/usr/local/bin/causeway",
            "hook",
            "serve",
            "/usr/local/var/causeway/My Move & co.causeway",
            "--bind",
            "127.0.0.1:8443"
        ]
    );
    assert!(strings.iter().any(|s| s == "_causeway") && strings.iter().any(|s| s == "--plain"));
    assert!(plist.contains("<key>KeepAlive</key>") && plist.contains("<integer>63</integer>"));
}

#[test]
fn the_task_runs_the_server_at_boot_as_local_service() {
    let task = file(Kind::Windows, &plan()).text;
    assert_eq!(texts(&task, "UserId"), ["S-1-5-19"]);
    assert_eq!(texts(&task, "Command"), [r"C:\Program Files\Causeway\causeway.exe"]);
    assert_eq!(
        texts(&task, "Arguments"),
        [
            "hook serve \"C:\\ProgramData\\Causeway\\My Move & co.causeway\" --bind 127.0.0.1:8443 --path /pwhook --plain --secret-file C:\\ProgramData\\Causeway\\hook-secret --key-file C:\\ProgramData\\Causeway\\workspace.key"
        ]
    );
    assert_eq!(texts(&task, "ExecutionTimeLimit"), ["PT0S"], "it is not ended after three days");
    // Windows' schema has a byte for it.
    assert_eq!(texts(&task, "Count")[0].parse::<u8>(), Ok(255));
}

#[test]
fn the_image_runs_as_nobody_and_holds_no_secret() {
    let image = file(Kind::Container, &certified()).text;
    assert!(image.contains("USER 65532:65532\n"));
    let entry = image.lines().find_map(|l| l.strip_prefix("ENTRYPOINT ")).expect("an entry");
    let words: Vec<String> = serde_json::from_str(entry).expect("JSON");
    assert_eq!(
        words,
        [
            "/usr/local/bin/causeway",
            "hook",
            "serve",
            "--config",
            "/config/hook.json",
            "--bind",
            "0.0.0.0:8443",
            "--path",
            "/pwhook",
            "--cert",
            "/run/secrets/certificate",
            "--key",
            "/run/secrets/certificate-key",
            "--secret-file",
            "/run/secrets/hook-secret"
        ]
    );
    // Plain http would be reached from outside the container.
    let image = file(Kind::Container, &plan()).text;
    assert!(image.contains("\"--self-signed\"") && !image.contains("--plain"));
}

/// All that one is to type.
fn commands(kind: Kind, plan: &Plan) -> String {
    file(kind, plan).steps.into_iter().map(|step| step.command + "\n").collect()
}

#[test]
fn secrets_go_through_pipes_and_the_file_is_copied_into_a_folder_of_the_services_own() {
    for kind in [Kind::Systemd, Kind::Launchd, Kind::Container] {
        let typed = commands(kind, &plan());
        let handed = "/opt/causeway/causeway hook secret '/srv/My Move & co.causeway' --show | ";
        assert!(typed.contains(handed), "{kind:?} {typed}");
        let handed = "/opt/causeway/causeway hook export-key '/srv/My Move & co.causeway' | ";
        assert!(typed.contains(handed), "{kind:?} {typed}");
        assert!(
            !typed.contains("chown -R") && !typed.contains(" /srv/ "),
            "nobody's own folder changes hands"
        );
    }
    let typed = commands(Kind::Launchd, &plan());
    assert!(typed.contains(
        "sudo install -m 600 -o _causeway '/srv/My Move & co.causeway' /usr/local/var/causeway/\n"
    ));
    // SQLite writes beside the file.
    assert!(commands(Kind::Container, &plan()).contains("chown 65532 /data && install -m 600 -o 65532 /in"));
    let typed = commands(Kind::Windows, &plan());
    assert!(
        typed.contains(r"Copy-Item -LiteralPath '/srv/My Move & co.causeway' C:\ProgramData\Causeway"),
        "{typed}"
    );
    assert!(
        typed.contains(
            r"& '/opt/causeway/causeway' hook export-key '/srv/My Move & co.causeway' | Set-Content"
        )
    );
}

#[test]
fn certificates_are_handed_over_where_the_service_can_read_them() {
    for kind in [Kind::Launchd, Kind::Windows, Kind::Container] {
        let typed = commands(kind, &certified());
        assert!(
            typed.contains("/etc/ssl/hook.pem") && typed.contains("/etc/ssl/hook.key"),
            "{kind:?} {typed}"
        );
        assert!(!commands(kind, &plan()).contains("/etc/ssl"));
    }
    let image = commands(Kind::Container, &certified());
    assert!(
        image.contains(" -p 443:8443 ")
            && commands(Kind::Container, &plan()).contains(" -p 127.0.0.1:8443:8443 ")
    );
}

#[test]
fn every_platform_says_what_to_do_and_why() {
    for kind in Kind::ALL {
        let file = file(kind, &plan());
        assert!(file.about.len() > 60 && file.steps.len() >= 4, "{kind:?}");
        assert_eq!(Kind::parse(kind.as_str()), Some(kind));
    }
}

#[test]
fn what_stands_in_front_passes_on_the_one_path() {
    let bind = "127.0.0.1:8443".parse().expect("an address");
    for kind in Proxy::ALL {
        let text = proxy(kind, "hook.corp.example", bind, "/pwhook").command;
        assert!(text.contains("8443"), "{kind:?}");
        if kind != Proxy::Ngrok {
            assert!(text.contains("hook.corp.example") && text.contains("/pwhook"), "{kind:?}");
        }
    }
    assert!(proxy(Proxy::Caddy, "", bind, "/pwhook").command.starts_with("hook.example.com {"));
}
