//! A browser that keeps cookies and knows the last page's form token, and the pages that it looks at.

use super::Town;
use hemrond_server::{
    admin::{self, AdminEvents, PageAddress},
    office::Office,
    sign_in::{Authenticator, Cost, Desk, SealingKey, card::Cards, code_at},
    storage::RoleAnalysis,
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// Little work for each password, so that stories are told quickly.
pub const CHEAP: Cost = Cost {
    memory_kib: 64,
    passes: 1,
    lanes: 1,
};

pub const PASSWORD: &str = "tre gula båtar i hamnen";

/// What came back.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Page {
    pub fn location(&self) -> String {
        let to = self.headers.get("location");
        to.map_or(String::new(), |to| to.to_str().unwrap().to_owned())
    }

    pub fn has(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    /// What stands between two texts, the first time.
    pub fn between(&self, before: &str, after: &str) -> String {
        let (_, rest) = self
            .text
            .split_once(before)
            .unwrap_or_else(|| panic!("no {before} in {}", self.text));
        rest.split_once(after).unwrap().0.to_owned()
    }

    /// The value of a field that can be seen.
    pub fn hidden_value(&self, name: &str) -> String {
        let field = self.between(&format!("name=\"{name}\" "), ">");
        let (_, value) = field.split_once("value=\"").unwrap();
        value.split('"').next().unwrap().to_owned()
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        self.between(&format!("name=\"{name}\" value=\""), "\"")
    }
}

pub struct Browser {
    http: reqwest::Client,
    pub origin: String,
    pub cookies: BTreeMap<String, String>,
    pub token: String,
    pub language: &'static str,
}

impl Browser {
    pub fn new(origin: &str) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .build()
            .unwrap();
        Self {
            http,
            origin: origin.to_owned(),
            cookies: BTreeMap::new(),
            token: String::new(),
            language: "sv",
        }
    }

    /// Looks at a page of ours, or at any address.
    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.http.get(self.url(path));
        self.send(request).await
    }

    /// Sends a form as the last page had it.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.token.clone();
        let mut all = vec![("form", token.as_str())];
        all.extend(fields);
        self.post_bare(path, &all).await
    }

    /// Sends a form without the token.
    pub async fn post_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self
            .http
            .post(self.url(path))
            .header("origin", self.origin.clone())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(fields));
        self.send(request).await
    }

    /// Follows where a page sends to, on our own pages.
    pub async fn follow(&mut self, page: Page) -> Page {
        let mut page = page;
        while (300..400).contains(&page.status) && page.location().starts_with('/') {
            let to = page.location();
            page = self.get(&to).await;
        }
        page
    }

    pub async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let response = request
            .header("cookie", cookies.join("; "))
            .header("accept-language", self.language)
            .send()
            .await
            .unwrap();
        for line in response.headers().get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let page = Page {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        };
        if page.has("name=\"form\" value=\"") {
            self.token = page.hidden("form");
        }
        page
    }

    fn url(&self, path: &str) -> String {
        if path.starts_with('/') {
            format!("{}{path}", self.origin)
        } else {
            path.to_owned()
        }
    }

    /// Signs in and gives where that led.
    pub async fn sign_in(&mut self, login: &str, password: &str, code: &str) -> Page {
        self.get("/admin/sign-in").await;
        let fields = [("login", login), ("password", password), ("code", code)];
        let page = self.post("/admin/sign-in", &fields).await;
        self.follow(page).await
    }
}

pub fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect();
    pairs.join("&")
}

/// A town with administrator's pages.
pub struct Pages {
    pub town: Town,
    pub origin: String,
}

impl Pages {
    /// Pages around a town; `cards` is made from where the provider is to send people back.
    pub async fn open(
        town: Town,
        cost: Cost,
        cards: impl FnOnce(&PageAddress) -> Option<Cards>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let address: PageAddress = origin.parse().unwrap();
        let chance = town.server.chance.as_ref();
        let pages = Arc::new(admin::Pages {
            server: town.server.clone(),
            desk: Arc::new(Desk::new(key(), cost, chance)),
            cards: cards(&address),
            tablets: address.clone(),
            address,
            log: Arc::new(AdminEvents(town.storage.clone())),
        });
        tokio::spawn(async move { axum::serve(listener, admin::router(pages)).await });
        Self { town, origin }
    }

    /// Pages in a town whose roles have been weighed.
    pub async fn plain(town: Town) -> Self {
        for role in hemrond_domain::people::Role::ALL {
            weigh(&town, role).await;
        }
        Self::without_analyses(town).await
    }

    pub async fn without_analyses(town: Town) -> Self {
        Self::open(town, CHEAP, |_| None).await
    }

    /// Somebody signs in once more, in the same browser, after a while.
    pub async fn again(&self, login: &str, browser: &mut Browser) -> Browser {
        let user = self.town.user("Per").await;
        let mut again = self.browser();
        std::mem::swap(&mut again.cookies, &mut browser.cookies);
        let administration = self.town.administration();
        let office = Office {
            administration: &administration,
            actor: None,
        };
        let account = self.town.storage.user(user.id).await.unwrap().unwrap();
        let invited = office.invite(&account, None, true).await.unwrap();
        let (app, _) = self.choose(&invited.code).await;
        let shown = self.shown(&app);
        let page = again.sign_in(login, PASSWORD, &shown).await;
        assert_eq!(page.status, 200, "{}", page.text);
        again
    }

    pub fn browser(&self) -> Browser {
        Browser::new(&self.origin)
    }

    /// An invitation for somebody: the name to sign in with, and the code.
    pub async fn invite(&self, name: &str) -> (String, String) {
        let user = self.town.user(name).await.id;
        let account = self.town.storage.user(user).await.unwrap().unwrap();
        let administration = self.town.administration();
        let office = Office {
            administration: &administration,
            actor: None,
        };
        let invited = office.invite(&account, None, false).await.unwrap();
        (invited.login, invited.code)
    }

    /// Takes somebody through the first sign-in: the login, the app, and the recovery codes.
    pub async fn first(&self, name: &str) -> (String, Authenticator, Vec<String>) {
        let (login, code) = self.invite(name).await;
        let (app, codes) = self.choose(&code).await;
        (login, app, codes)
    }

    async fn choose(&self, code: &str) -> (Authenticator, Vec<String>) {
        let mut browser = self.browser();
        browser.get("/admin/first").await;
        let page = browser.post("/admin/first", &[("code", code)]).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let app = app_on(&page);
        let (shown, offer) = (self.shown(&app), page.hidden("offer"));
        let fields = [
            ("code", code),
            ("offer", offer.as_str()),
            ("password", PASSWORD),
            ("again", PASSWORD),
            ("shown", shown.as_str()),
        ];
        let done = browser.post("/admin/first/choose", &fields).await;
        assert_eq!(done.status, 200, "{}", done.text);
        let codes = done.between("<ul class=\"codes\">", "</ul>");
        let codes = codes.split("small\">").skip(1);
        let codes: Vec<String> = codes
            .map(|code| code.split('<').next().unwrap().to_owned())
            .collect();
        (app, codes)
    }

    /// What an app shows now; a step later than before, for each code is used once.
    pub fn shown(&self, app: &Authenticator) -> String {
        self.town.clock.forward(Duration::from_secs(30));
        code_at(app, self.now()).unwrap()
    }

    pub fn now(&self) -> i64 {
        use hemrond_server::environment::Clock;
        self.town.clock.now_ms()
    }

    /// A browser in which Per Dahl is signed in.
    pub async fn administrator(&self) -> Browser {
        let (login, app, _) = self.first("Per").await;
        let mut browser = self.browser();
        let shown = self.shown(&app);
        let page = browser.sign_in(&login, PASSWORD, &shown).await;
        assert_eq!(page.status, 200);
        assert!(page.has("Användare"), "{}", page.text);
        browser
    }

    /// What was kept, oldest first.
    pub async fn acts(&self) -> Vec<String> {
        let events = self.town.storage.admin_events(super::KOMMUN, None, 1000);
        let mut acts: Vec<String> = events
            .await
            .unwrap()
            .into_iter()
            .map(|(_, event)| event.act)
            .collect();
        acts.reverse();
        acts
    }
}

pub fn key() -> SealingKey {
    SealingKey::draw(&super::Fixed)
}

/// The app's secret, as the first sign-in's page shows it as text.
pub fn app_on(page: &Page) -> Authenticator {
    let text = page.between("code small\">", "<").replace(' ', "");
    let mut bits = 0_u64;
    let mut count = 0;
    let mut bytes = Vec::new();
    for letter in text.bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        bits = (bits << 5) | value.iter().position(|one| *one == letter).unwrap() as u64;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).unwrap());
        }
    }
    Authenticator::from_bytes(&bytes).unwrap()
}

/// Enters an analysis for a role.
pub async fn weigh(town: &Town, role: hemrond_domain::people::Role) {
    let analysis = RoleAnalysis {
        organisation: super::KOMMUN,
        role,
        analysis: "BRA-2026-1".to_owned(),
        decided_by: "Maria Nyberg".to_owned(),
        decided_on: chrono::NaiveDate::from_ymd_opt(2026, 10, 1).unwrap(),
    };
    town.storage.set_role_analysis(&analysis).await.unwrap();
}
