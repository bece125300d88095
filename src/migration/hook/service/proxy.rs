//! What to put in front of a server that speaks plain HTTP on this computer: a reverse proxy or a tunnel with a public name and
//! certificate.

use std::net::SocketAddr;

use super::parts::Todo;

/// What stands in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proxy {
    /// nginx.
    Nginx,
    /// Caddy.
    Caddy,
    /// Cloudflare's tunnel.
    Cloudflared,
    /// ngrok: a public name in a minute.
    Ngrok,
}

impl Proxy {
    /// All.
    pub const ALL: [Self; 4] = [Self::Nginx, Self::Caddy, Self::Cloudflared, Self::Ngrok];

    /// On screens.
    pub fn label(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "Caddy",
            Self::Cloudflared => "cloudflared",
            Self::Ngrok => "ngrok",
        }
    }
}

/// What to write into its configuration, or to run. `host` is the public name; empty: a placeholder.
pub fn proxy(kind: Proxy, host: &str, bind: SocketAddr, path: &str) -> Todo {
    let host = if host.is_empty() { "hook.example.com" } else { host };
    let port = bind.port();
    match kind {
        Proxy::Nginx => Todo::new(
            "Into nginx's configuration. Only this path is passed on; bodies are never written to disk or logged.",
            format!(
                "server {{\n    listen 443 ssl;\n    server_name {host};\n    ssl_certificate     /etc/letsencrypt/live/{host}/fullchain.pem;\n    ssl_certificate_key /etc/letsencrypt/live/{host}/privkey.pem;\n\n    location = {path} {{\n        proxy_pass http://127.0.0.1:{port};\n        proxy_http_version 1.1;\n        proxy_read_timeout 3s;\n        client_max_body_size 64k;\n        client_body_buffer_size 64k;\n    }}\n    location / {{ return 404; }}\n}}\n"
            ),
        ),
        Proxy::Caddy => Todo::new(
            "Into the Caddyfile. Caddy gets the certificate by itself.",
            format!(
                "{host} {{\n    handle {path} {{\n        reverse_proxy 127.0.0.1:{port}\n    }}\n    respond 404\n}}\n"
            ),
        ),
        Proxy::Cloudflared => Todo::new(
            "Into cloudflared's config.yml, with a tunnel made before (cloudflared tunnel create causeway). Cloudflare then sees the passwords that pass.",
            format!(
                "tunnel: causeway\ningress:\n  - hostname: {host}\n    path: ^{path}$\n    service: http://127.0.0.1:{port}\n  - service: http_status:404\n"
            ),
        ),
        Proxy::Ngrok => Todo::new(
            "Run it beside the server, and type the address it shows. For trying out: ngrok sees the passwords that pass.",
            format!("ngrok http {port}\n"),
        ),
    }
}
