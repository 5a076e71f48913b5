//! Secure Share: a wiki whose pages are shared with people outside, who sign in at their own identity provider.
//!
//! ```sh
//! cargo run --example secure_share     # then open the two addresses that it prints
//! ```
//!
//! Its own README says how it is built and what can be tried.

mod app;
mod database;
mod fetch;
mod keys;
mod options;
mod pages;
mod providers;
mod records;
mod sso;
mod test_idp;
mod trace;
mod wiki;

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::net::TcpListener;

use app::App;
use database::Database;
use fetch::{Fetch, Fetched, Reach};
use options::Options;
use providers::{Setup, save};
use records::{Records, RedisRecords};
use test_idp::TestProvider;

async fn run() -> Result<(), Box<dyn StdError>> {
    let options = Options::read(std::env::args().skip(1))?;
    let listener =
        TcpListener::bind(options.listen).await.map_err(|error| format!("--listen {}: {error}", options.listen))?;
    let address = listener.local_addr()?;
    let base_url = options.base_url(address);
    let database = Arc::new(Database::open(options.database.as_deref())?);
    let records = match &options.redis {
        Some(url) => Records::Redis(RedisRecords::open(url).await?),
        None => Records::Sqlite(database.clone()),
    };
    let fetch = Fetch::new(Reach { private: options.private_network, loopback: address.ip().is_loopback() });
    let app = Arc::new(App::new(&base_url, database, records, fetch, &options.support, options.pending_same_site)?);
    println!("ready {}", app.base_url);
    println!("administration {}", app.admin_url()?);
    if options.test_idp {
        let listener = TcpListener::bind(options.idp_listen.unwrap_or_else(|| beside(address))).await?;
        let idp = test_idp(&app, listener.local_addr()?)?;
        println!("test identity provider {}", idp.metadata_url());
        tokio::spawn(async move { axum::serve(listener, idp.router()).await });
    }
    if let Some(from) = options.idp_metadata {
        import(&app, from).await?;
    }
    tokio::spawn(keep_metadata_fresh(app.clone()));
    axum::serve(listener, app::router(&app)).await?;
    Ok(())
}

/// The next port.
fn beside(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip(), address.port().checked_add(1).unwrap_or_default())
}

/// Under another name of this machine, so that browsers see two sites, as in real life.
fn test_idp(app: &Arc<App>, address: SocketAddr) -> Result<Arc<TestProvider>, Box<dyn StdError>> {
    let knows = app.clone();
    let base_url = format!("http://localhost:{}", address.port());
    let idp = TestProvider::new(&base_url, move || {
        Ok(knows.config().map_err(|error| error.to_string())?.sp.admin_values()?)
    })?;
    Ok(Arc::new(idp))
}

/// The identity provider of the command line, from a file or a URL.
async fn import(app: &Arc<App>, from: String) -> Result<(), Box<dyn StdError>> {
    let (document, etag, url) = if from.contains("://") {
        let (fetch, address) = (app.clone(), from.clone());
        let fetched = tokio::task::spawn_blocking(move || fetch.fetch.get(&address, None));
        match fetched.await?? {
            Fetched::Document { bytes, etag } => (bytes, etag, Some(from)),
            Fetched::NotModified => return Err("the server of --idp-metadata sent no document".into()),
        }
    } else {
        (std::fs::read(&from).map_err(|error| format!("--idp-metadata {from}: {error}"))?, None, None)
    };
    let setup = Setup::Document { url, etag, document, entity_id: None };
    let name = setup.read()?.display_name().unwrap_or("Identity provider").to_owned();
    save(app, &name, &setup)?;
    Ok(())
}

/// Reads metadata again whenever it is due, as long as the application lives.
async fn keep_metadata_fresh(app: Arc<App>) {
    let mut minute = tokio::time::interval(std::time::Duration::from_secs(60));
    loop {
        minute.tick().await;
        let due = app.clone();
        let refetched =
            tokio::task::spawn_blocking(move || providers::refetch_due(&due).map_err(|error| error.to_string()));
        if let Ok(Err(error)) = refetched.await {
            eprintln!("metadata: {error}");
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
