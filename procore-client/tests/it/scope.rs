//! Nothing leaves the configured company and projects, and the client can tell what it sees.

use procore_client::{
    Client, CompanyId, ErrorKind, Invisible, Outcome, ProjectId, SecretString, Visibility,
};

use crate::double::{
    COMPANY, Double, PROJECT, Reply, builder, client, ok, project, status, with_headers,
};

#[tokio::test(start_paused = true)]
async fn a_project_outside_the_allow_list_is_refused_before_any_request() {
    let double = Double::api(|_| ok("[]"));
    let client = client(&double);
    let error = client.project(ProjectId::new(87)).unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::OutOfScope, Outcome::NotSent));
    assert!(double.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_client_without_allow_list_reads_no_project_until_it_gets_one() {
    let double = Double::api(|_| ok("[]"));
    let client = Client::builder(COMPANY)
        .credentials("id", SecretString::from("secret"))
        .transport(double.clone())
        .build()
        .unwrap();
    assert_eq!(client.project(PROJECT).unwrap_err().kind(), ErrorKind::OutOfScope);
    assert!(client.with_projects([PROJECT]).project(PROJECT).is_ok());
    assert!(client.project(PROJECT).is_err(), "the original is as it was");
}

#[tokio::test(start_paused = true)]
async fn raw_calls_keep_to_company_and_projects() {
    let double = Double::api(|_| ok("[1.10]"));
    let client = client(&double);
    let refused: [(&str, &[(&str, &str)]); 9] = [
        ("/rest/v1.0/projects/87/billing_periods", &[]),
        ("/rest/v1.0/projects/%38%37/billing_periods", &[]),
        ("/rest/v1.0/projects/87x/billing_periods", &[]),
        ("/rest/v1.0/projects/86/../87/x", &[]),
        ("/rest/v1.0/x", &[("project_id", "87")]),
        ("/rest/v1.0/x", &[("project_id[]", "87")]),
        ("/rest/v1.0/x", &[("company_id", "8")]),
        ("/rest/v2.0/companies/8/projects/86/x", &[]),
        ("/rest/v1.0/a%2F..%2Fprojects/87", &[]),
    ];
    for (path, query) in refused {
        let error = client.get_raw(path, query).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutOfScope, "{path}");
    }
    for path in [
        "//evil.example/rest/x",
        "https://evil.example/rest/",
        "/oauth/token",
        "/rest/x?project_id=87",
    ] {
        assert!(client.get_raw(path, &[]).await.is_err(), "{path}");
    }
    assert!(double.seen().is_empty());
    let answer = client.get_raw("/rest/v1.0/companies/7/uoms", &[("page", "1")]).await.unwrap();
    assert_eq!(&answer.body[..], b"[1.10]");
    client
        .project(PROJECT)
        .unwrap()
        .get_raw("/rest/v1.0/contract_payments", &[("contract_id", "1")])
        .await
        .unwrap();
    assert_eq!(double.api_calls()[1].param("project_id"), Some("86"));
}

#[tokio::test(start_paused = true)]
async fn every_call_has_the_company_header_and_its_project() {
    let double = Double::api(|seen| {
        if seen.path.ends_with("currency_configuration") { ok("{}") } else { ok("[]") }
    });
    let project = project(&double);
    project.cost_codes(&Default::default()).all().await.unwrap();
    project.line_item_types(&Default::default()).all().await.unwrap();
    project.sub_jobs().all().await.unwrap();
    project.requisitions(&Default::default()).all().await.unwrap();
    project.direct_costs(&Default::default()).all().await.unwrap();
    project.direct_cost_line_items(&Default::default()).all().await.unwrap();
    project.change_order_packages(&Default::default()).all().await.unwrap();
    project.potential_change_orders(&Default::default()).all().await.unwrap();
    project.commitment_change_order_line_items(5.into()).all().await.unwrap();
    project.billing_periods(&Default::default()).all().await.unwrap();
    project.wbs_codes(&Default::default()).all().await.unwrap();
    project.currency_configuration().await.unwrap();
    for call in double.api_calls() {
        assert_eq!(call.headers["procore-company-id"], "7", "{}", call.path);
        let named = call.path.contains("/projects/86/") || call.param("project_id") == Some("86");
        assert!(named, "{}", call.path);
        if call.path.starts_with("/rest/v2.0") || call.path.contains("currency") {
            assert!(call.path.contains("/companies/7/projects/86/"), "{}", call.path);
        }
    }
    assert_eq!(double.api_calls()[3].param("view"), Some("items"));
}

fn scope_of(answer: impl Fn(&str) -> Reply + Send + 'static) -> Client {
    let double = Double::api(move |seen| answer(&seen.path));
    builder(&double).projects([PROJECT, ProjectId::new(87), ProjectId::new(88)]).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn verify_scope_tells_what_is_visible_and_why_not() {
    let report = scope_of(|path| match path {
        "/rest/v1.0/companies" => {
            with_headers(200, &[("total", "1")], r#"[{"id":7,"name":"Acme","is_active":true}]"#)
        }
        "/rest/v1.0/projects" => {
            with_headers(200, &[("total", "1")], r#"[{"id":86,"name":"Tower","active":true}]"#)
        }
        "/rest/v1.0/projects/87" => status(403, r#"{"errors":"no"}"#),
        _ => status(404, "{}"),
    })
    .verify_scope()
    .await;
    assert!(report.token.is_ok());
    assert!(report.company.as_ref().unwrap().is_visible());
    assert!(!report.is_complete());
    assert!(
        matches!(&report.projects[0].1, Visibility::Visible { name: Some(name), active: Some(true), .. } if name == "Tower")
    );
    assert!(matches!(report.projects[1].1, Visibility::Invisible(Invisible::Denied)));
    assert!(matches!(report.projects[2].1, Visibility::Invisible(Invisible::NotFound)));
    let told = report.to_string();
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[..3], ["token: issued", "company: visible", "project 86: visible"]);
    assert!(lines[3].starts_with("project 87: not visible: Procore denies access; have"), "{told}");
    assert!(lines[4].starts_with("project 88: not visible: Procore does not have it"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_found_out_is_not_called_invisible() {
    let report = scope_of(|path| match path {
        "/rest/v1.0/companies" => with_headers(200, &[("total", "1")], r#"[{"id":7}]"#),
        "/rest/v1.0/projects" => {
            with_headers(200, &[("total", "1")], r#"[{"id":86,"active":false}]"#)
        }
        _ => status(500, "{}"),
    })
    .verify_scope()
    .await;
    assert!(!report.is_complete());
    assert!(
        matches!(&report.projects[1].1, Visibility::Unknown(error) if error.status() == Some(500))
    );
    let told = report.to_string();
    assert!(told.contains("project 86: visible, not active"), "{told}");
    assert!(
        told.contains("project 87: could not be found out: Procore failed (HTTP 500)"),
        "{told}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_empty_list_of_companies_means_that_the_app_is_not_installed() {
    let report = scope_of(|_| ok("[]")).verify_scope().await;
    assert!(matches!(report.company, Some(Visibility::Invisible(Invisible::AppNotInstalled))));
    assert_eq!(report.projects.len(), 3);
    assert_eq!(report.to_string().matches("install the app").count(), 4, "{report}");
    let other = scope_of(|_| with_headers(200, &[("total", "1")], r#"[{"id":9,"name":"Other"}]"#))
        .verify_scope()
        .await;
    assert!(matches!(other.company, Some(Visibility::Invisible(Invisible::CompanyNotListed))));
    assert!(other.to_string().contains("company: not visible: the login sees other companies"));
}

#[tokio::test(start_paused = true)]
async fn a_refused_login_is_told_as_such() {
    let double = Double::new(|_| status(401, r#"{"error":"invalid_client"}"#));
    let report = client(&double).verify_scope().await;
    assert!(report.to_string().starts_with("token: "), "{report}");
    assert_eq!(report.token.unwrap_err().kind(), ErrorKind::LoginRefused);
    assert!(report.company.is_none());
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let base = || Client::builder(COMPANY).credentials("id", SecretString::from("secret"));
    let cases = [
        (base().base_url("http://api.procore.com"), "base_url"),
        (base().base_url("https://user:pass@api.procore.com"), "base_url"),
        (base().base_url("https://api.procore.com/rest"), "base_url"),
        (base().base_url("ftp://localhost"), "base_url"),
        (base().base_url("nonsense"), "base_url"),
        (base().login_url("http://login.procore.com"), "login_url"),
        (base().in_flight_max(0), "in_flight_max"),
        (base().quota_share_percent(0), "quota_share_percent"),
        (base().per_page(0), "per_page"),
        (base().user_agent("a\nb"), "user_agent"),
        (Client::builder(COMPANY), "credentials"),
        (
            Client::builder(CompanyId::new(0)).credentials("id", SecretString::from("s")),
            "company_id",
        ),
    ];
    for (builder, setting) in cases {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(setting), "{error}");
    }
    assert!(
        base().base_url("http://127.0.0.1:8080").login_url("http://localhost:1").build().is_ok()
    );
    assert!(base().base_url("http://[::1]:8080").build().is_ok());
}
