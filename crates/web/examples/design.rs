//! Serves the design page alone: `cargo run -p duixian-web --example design -- 8090`, then http://127.0.0.1:8090/design.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use chrono::NaiveDate;
use duixian_web::csrf::Key;
use duixian_web::locale::Text;
use duixian_web::page::{NavItem, Site};
use duixian_web::shell::{Shell, Viewer};
use duixian_web::{app, design};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(8090);
    let site = Site {
        programme: Text::new("南明区产业扶持资金", "Nanming industry support"),
        office: Text::new("南明区产业扶持资金办公室（示例）", "Nanming support office (sample)"),
        contact: String::new(),
        demo_today: Some(Box::new(|| NaiveDate::from_ymd_opt(2017, 5, 3).unwrap_or_default())),
        https: false,
        key: Key::new([42; 32]),
        log: |line| eprintln!("{line}"),
        public_nav: vec![NavItem::new("/programme", "政策", "Programme"), NavItem::new("/notices", "公示", "Notices")],
    };
    let routes: Router = design::router().layer(middleware::from_fn(pretend_to_be_signed_in));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    eprintln!("http://127.0.0.1:{port}/design");
    axum::serve(listener, app::surround(routes, Arc::new(site))).await
}

async fn pretend_to_be_signed_in(request: Request, next: Next) -> Response {
    if let Some(shell) = request.extensions().get::<Arc<Shell>>() {
        shell.sign_in(Viewer {
            session: "design".to_owned(),
            name: "王晓".to_owned(),
            role: Text::new("商务科 实质审核岗", "Commerce desk, reviewer"),
            nav: vec![
                NavItem::new("/work", "待办", "Work list"),
                NavItem::new("/cases", "案件", "Cases"),
                NavItem::new("/funds", "资金", "Funds"),
                NavItem::new("/programme", "政策", "Programme"),
                NavItem::new("/design", "设计", "Design"),
            ],
            others: vec![NavItem::new("/act-as/2", "受理岗", "Intake")],
            unread: 3,
        });
    }
    next.run(request).await
}
