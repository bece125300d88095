//! A plain HTTP client for the practice org: sends what it is told, gives back status, headers and JSON.

use causeway::practice::{Config, Limits, PracticeOrg};
use reqwest::Method;
use reqwest::header::HeaderMap;
use secrecy::ExposeSecret as _;
use serde_json::Value;

/// An org, and a client that talks to it.
pub(crate) struct Desk {
    pub(crate) org: PracticeOrg,
    pub(crate) client: reqwest::Client,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Told {
    /// Okta's error code.
    pub(crate) fn code(&self) -> &str {
        self.body["errorCode"].as_str().unwrap_or_default()
    }

    /// The causes' texts.
    pub(crate) fn causes(&self) -> Vec<&str> {
        self.body["errorCauses"]
            .as_array()
            .map(|causes| causes.iter().filter_map(|cause| cause["errorSummary"].as_str()).collect())
            .unwrap_or_default()
    }

    /// A header's number.
    pub(crate) fn number(&self, header: &str) -> i64 {
        self.headers[header].to_str().unwrap().parse().unwrap()
    }

    /// The address of a `Link` relation.
    pub(crate) fn link(&self, relation: &str) -> Option<String> {
        self.headers.get_all("link").iter().find_map(|link| {
            let (url, rest) = link.to_str().ok()?.split_once('>')?;
            rest.contains(&format!("rel=\"{relation}\"")).then(|| url.trim_start_matches('<').to_owned())
        })
    }
}

impl Desk {
    /// An empty org without limits.
    pub(crate) async fn open() -> Self {
        Self::with(Config { limits: Limits::unlimited(), ..Config::default() }).await
    }

    /// An org of this kind.
    pub(crate) async fn with(config: Config) -> Self {
        Self { org: PracticeOrg::start(config).await.unwrap(), client: client() }
    }

    /// Sends one request with the token; fails when no answer comes.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Told {
        self.try_send(method, path, body).await.unwrap()
    }

    /// Sends one request with the token.
    pub(crate) async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<Told> {
        let url =
            if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.org.url()) };
        let mut request = self
            .client
            .request(method.clone(), url)
            .header("Authorization", format!("SSWS {}", self.org.token().expose_secret()))
            .header("Accept", "application/json");
        request = match body {
            Some(body) => request.header("Content-Type", "application/json").body(body.to_string()),
            None if method == Method::GET || method == Method::DELETE => request,
            None => request.header("Content-Length", "0"),
        };
        take(request.send().await?).await
    }

    pub(crate) async fn get(&self, path: &str) -> Told {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Told {
        self.send(Method::POST, path, Some(body)).await
    }

    /// A POST without a body, as lifecycle calls are.
    pub(crate) async fn step(&self, path: &str) -> Told {
        self.send(Method::POST, path, None).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Told {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Told {
        self.send(Method::DELETE, path, None).await
    }

    /// Signs in over the API.
    pub(crate) async fn authn(&self, login: &str, password: &str) -> Told {
        self.post("/api/v1/authn", serde_json::json!({ "username": login, "password": password })).await
    }
}

/// A client that reuses no connection that was closed under it.
pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// Reads an answer whole.
pub(crate) async fn take(answer: reqwest::Response) -> reqwest::Result<Told> {
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let text = answer.text().await?;
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Ok(Told { status, headers, text, body })
}
