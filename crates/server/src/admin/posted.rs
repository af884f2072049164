//! What a form brought, once it is certain that it is one of our own pages' forms.

use super::{
    Pages,
    failure::Failure,
    visitor::{Admin, Visitor},
};
use crate::sign_in::same;
use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, header::ORIGIN},
};
use std::{collections::BTreeMap, sync::Arc};

/// The name of the field that every form brings along.
pub(super) const TOKEN: &str = "form";

/// A form's fields.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// A field as it was typed; empty if it is missing.
    pub(super) fn raw(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// A field without spaces around it.
    pub(super) fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }
}

/// A form that an administrator sent.
pub(super) struct Posted {
    pub(super) admin: Admin,
    pub(super) fields: Fields,
}

impl FromRequest<Arc<Pages>> for Posted {
    type Rejection = Failure;

    async fn from_request(request: Request, pages: &Arc<Pages>) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        check_origin(pages, &parts.headers)?;
        let admin = Admin::from_request_parts(&mut parts, pages).await?;
        let fields = fields(Request::from_parts(parts, body), pages).await?;
        check_token(&fields, &admin.session.form_token)?;
        Ok(Self { admin, fields })
    }
}

/// A form that somebody sent who is not signed in.
pub(super) struct Outside {
    pub(super) visitor: Visitor,
    pub(super) fields: Fields,
}

impl FromRequest<Arc<Pages>> for Outside {
    type Rejection = Failure;

    async fn from_request(request: Request, pages: &Arc<Pages>) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        check_origin(pages, &parts.headers)?;
        let visitor = Visitor::of(pages, &parts.headers, &parts.uri);
        let fields = fields(Request::from_parts(parts, body), pages).await?;
        // A neighbour may send a form, but can neither read nor set this cookie.
        let kept = visitor
            .cookie(pages, super::cookies::Cookie::Form)
            .ok_or(Failure::Form)?;
        check_token(&fields, &kept)?;
        Ok(Self { visitor, fields })
    }
}

async fn fields(request: Request, pages: &Arc<Pages>) -> Result<Fields, Failure> {
    let fields = read(request, pages).await.ok_or(Failure::Form)?;
    Ok(Fields(fields))
}

/// The fields of a form; none where it is none.
pub(crate) async fn read<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Option<BTreeMap<String, String>> {
    let form = Form::<BTreeMap<String, String>>::from_request(request, state).await;
    form.ok().map(|Form(fields)| fields)
}

fn check_token(fields: &Fields, expected: &str) -> Result<(), Failure> {
    let sent = fields.raw(TOKEN);
    if expected.is_empty() || !same(sent.as_bytes(), expected.as_bytes()) {
        return Err(Failure::Form);
    }
    Ok(())
}

/// Refuses a form from another site's page. Browsers say where a form comes from.
fn check_origin(pages: &Pages, headers: &HeaderMap) -> Result<(), Failure> {
    match headers.get(ORIGIN).map(|origin| origin.to_str()) {
        None => Ok(()),
        Some(Ok(origin)) if origin == pages.address.origin() => Ok(()),
        Some(_) => Err(Failure::Form),
    }
}
