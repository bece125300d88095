//! A Containerfile: the program alone, as nobody, with its secrets mounted.

use super::parts::{
    Inbound, KEY_WORDS, NO_KEYCHAIN, Plan, SECRET_WORDS, ServiceFile, Todo, flags, hand_key, hand_secret,
    shell,
};

pub(super) fn file(plan: &Plan) -> ServiceFile {
    let port = plan.bind.port();
    // Nobody may listen at a low port there without a capability; which one is reached from outside is the container's mapping.
    let inside_port = if port < 1024 { crate::hook::PORT } else { port };
    // Inside a container loopback is the container's own: it listens on every address there, which needs a certificate.
    let bind = format!("0.0.0.0:{inside_port}");
    let unproven = plan.inbound == Inbound::Plain;
    let inside =
        Plan { inbound: if unproven { Inbound::SelfSigned } else { plan.inbound.clone() }, ..plan.clone() };
    let options = flags(
        &inside,
        &bind,
        "/run/secrets/hook-secret",
        "/run/secrets/workspace-key",
        "/run/secrets/certificate",
        "/run/secrets/certificate-key",
    );
    // Against the live source it needs no workspace, and keeps nothing: what it reads is a file without a secret.
    let begin: &[&str] =
        if plan.live { &["--config", "/config/hook.json"] } else { &["/data/move.causeway"] };
    let of_workspace = ["--live", "--key-file", "/run/secrets/workspace-key"];
    let options = options.into_iter().filter(|word| !(plan.live && of_workspace.contains(&word.as_str())));
    let entry: Vec<String> = ["/usr/local/bin/causeway", "hook", "serve"]
        .iter()
        .chain(begin)
        .map(|word| (*word).to_owned())
        .chain(options)
        .map(|word| serde_json::Value::String(word).to_string())
        .collect();
    let note = if unproven {
        "# A proxy in front reaches it over TLS with a certificate made at start, and need not check that one.\n"
    } else {
        ""
    };
    let mount = if plan.live { "/config" } else { "/data" };
    let text = format!(
        "# Okta asks this server once a person, at their first sign-in. There is no secret in this image.\n\
         FROM docker.io/library/debian:12-slim\n\
         RUN apt-get update \\\n\
         \x20&& apt-get install -y --no-install-recommends ca-certificates \\\n\
         \x20&& rm -rf /var/lib/apt/lists/*\n\
         COPY causeway /usr/local/bin/causeway\n\
         USER 65532:65532\n\
         VOLUME {mount}\n\
         EXPOSE {inside_port}\n\
         STOPSIGNAL SIGTERM\n\
         {note}ENTRYPOINT [{}]\n",
        entry.join(", ")
    );
    let mut secrets = "--secret hook-secret,uid=65532,mode=0400".to_owned();
    if !plan.live {
        secrets.push_str(" --secret workspace-key,uid=65532,mode=0400");
    }
    if matches!(plan.inbound, Inbound::Certificate { .. }) {
        secrets.push_str(
            " --secret certificate,uid=65532,mode=0400 --secret certificate-key,uid=65532,mode=0400",
        );
    }
    if plan.live {
        secrets.push_str(" --secret source-password,type=env,target=CAUSEWAY_SOURCE_PASSWORD");
    }
    ServiceFile {
        name: "Containerfile",
        text,
        about: "The program alone, as nobody, on a read-only file system without any capability. Secrets are mounted, never built in. \
                GET /healthz says that it lives, GET /readyz that it can answer sign-ins: use them as probes.",
        steps: steps(plan, inside_port, mount, &secrets),
    }
}

fn steps(plan: &Plan, inside_port: u16, mount: &str, secrets: &str) -> Vec<Todo> {
    let workspace = shell(&plan.workspace.to_string_lossy());
    let program = shell(&plan.program.to_string_lossy());
    let port = plan.bind.port();
    // Behind a proxy only this computer reaches it.
    let publish = if plan.bind.ip().is_loopback() {
        format!("127.0.0.1:{port}:{inside_port}")
    } else {
        format!("{port}:{inside_port}")
    };
    let mut steps = vec![
        Todo::new(
            "Build the image beside the program.",
            format!("cp {program} causeway && podman build -t causeway-hook ."),
        ),
        Todo::new(SECRET_WORDS, hand_secret(&program, &workspace, "podman secret create hook-secret -")),
    ];
    if plan.live {
        steps.push(Todo::new(
            "Hand over the source's password: type it and end with Ctrl-D.",
            "podman secret create source-password -",
        ));
        steps.push(Todo::new(
            "Write what it reads, source and mapping without a secret, into its volume.",
            format!(
                "{program} hook export-config {workspace} --output hook.json && podman volume create causeway && podman run --rm -v causeway:/config -v ./hook.json:/in:ro debian:12-slim install -m 644 /in /config/hook.json"
            ),
        ));
    } else {
        steps.push(Todo::new(
            format!("{KEY_WORDS} {NO_KEYCHAIN}"),
            hand_key(&program, &workspace, "podman secret create workspace-key -"),
        ));
        steps.push(Todo::new(
            "Put a copy of the migration's file into its volume, which is its own: SQLite writes beside the file. Close the window first, so \
             that the copy is whole; open it again afterwards.",
            format!(
                "podman volume create causeway && podman run --rm -v causeway:/data -v {workspace}:/in:ro debian:12-slim sh -c 'chown 65532 /data && install -m 600 -o 65532 /in /data/move.causeway'"
            ),
        ));
    }
    if let Inbound::Certificate { certificate, key } = &plan.inbound {
        let [certificate, key] = [certificate, key].map(|path| shell(&path.to_string_lossy()));
        steps.push(Todo::new(
            "Hand over the certificate and its key. After a renewal create both again (--replace) and restart the container.",
            format!("podman secret create certificate {certificate} && podman secret create certificate-key {key}"),
        ));
    }
    steps.push(Todo::new(
        "Run it.",
        format!(
            "podman run -d --name causeway-hook --restart on-failure --read-only --cap-drop all --security-opt no-new-privileges --ulimit core=0 -p {publish} -v causeway:{mount} {secrets} causeway-hook"
        ),
    ));
    steps.push(Todo::new(
        "When it checks against the live source, it stores nothing and needs no migration file: run as many as you like behind a load balancer, each with the same secret, and let the balancer ask /readyz.",
        String::new(),
    ));
    steps
}
