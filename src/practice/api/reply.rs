//! What handlers take and give: a call with its query and body, an answer with its links.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::practice::refusal::Refusal;

/// What a handler answers.
pub(crate) type Answer = Result<Reply, Refusal>;

/// A good answer.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    status: u16,
    body: Option<Value>,
    links: Vec<(&'static str, String)>,
    etag: Option<String>,
}

impl Reply {
    /// 200 with JSON.
    pub(crate) fn json(body: Value) -> Self {
        Self { status: 200, body: Some(body), ..Self::default() }
    }

    /// 200 with `{}`, as lifecycle calls answer.
    pub(crate) fn done() -> Self {
        Self::json(Value::Object(serde_json::Map::new()))
    }

    /// 204.
    pub(crate) fn none() -> Self {
        Self { status: 204, ..Self::default() }
    }

    pub(crate) fn link(mut self, relation: &'static str, url: String) -> Self {
        self.links.push((relation, url));
        self
    }

    pub(crate) fn etag(mut self, etag: String) -> Self {
        self.etag = Some(etag);
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let body = match &self.body {
            Some(body) => Body::from(body.to_string()),
            None => Body::empty(),
        };
        let mut answer = Response::new(body);
        *answer.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let headers = answer.headers_mut();
        if self.body.is_some() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (relation, url) in &self.links {
            if let Ok(link) = HeaderValue::from_str(&format!("<{url}>; rel=\"{relation}\"")) {
                headers.append(header::LINK, link);
            }
        }
        if let Some(etag) = self.etag.and_then(|etag| HeaderValue::from_str(&etag).ok()) {
            headers.insert(header::ETAG, etag);
        }
        answer
    }
}

/// A refusal on its way out: its body is made where the error id is.
#[derive(Debug, Clone)]
pub(crate) struct Refused(pub(crate) Refusal);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut answer = Response::new(Body::empty());
        answer.extensions_mut().insert(Refused(self));
        answer
    }
}

/// A request as handlers see it.
pub(crate) struct Call {
    pub(crate) headers: HeaderMap,
    query: Vec<(String, String)>,
    body: Zeroizing<Vec<u8>>,
}

impl<S: Send + Sync> FromRequest<S> for Call {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().unwrap_or_default();
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let body = to_bytes(body, usize::MAX).await.map_err(|_| Refusal::not_well_formed())?;
        Ok(Self { headers: parts.headers, query, body: Zeroizing::new(body.to_vec()) })
    }
}

impl Call {
    /// A query parameter that is there and not empty.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// The program that calls, as it names itself.
    pub(crate) fn agent(&self) -> &str {
        self.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A query parameter that says yes or no.
    pub(crate) fn flag(&self, name: &str, otherwise: bool) -> bool {
        match self.query(name) {
            Some(word) if word.eq_ignore_ascii_case("true") => true,
            Some(word) if word.eq_ignore_ascii_case("false") => false,
            _ => otherwise,
        }
    }

    /// `limit`, between 1 and `most`.
    pub(crate) fn limit(&self, otherwise: usize, most: usize) -> usize {
        self.query("limit").and_then(|text| text.parse().ok()).unwrap_or(otherwise).clamp(1, most)
    }

    /// The JSON body.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_slice(&self.body).map_err(|_| Refusal::not_well_formed())
    }

    /// The address of this list with another `after`.
    pub(crate) fn page(&self, base: &str, path: &str, after: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(after) = after {
            query.append_pair("after", after);
        }
        for (key, value) in &self.query {
            if key != "after" {
                query.append_pair(key, value);
            }
        }
        let query = query.finish();
        if query.is_empty() { format!("{base}{path}") } else { format!("{base}{path}?{query}") }
    }
}
