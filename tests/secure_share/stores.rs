//! The records, on each of their stores: SQLite in memory, SQLite in a file that several instances have open, Redis.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use redis::aio::ConnectionManagerConfig;
use saml_sp::testing::{Answer, TestIdp, signing_credential};
use saml_sp::{
    Binding, Expect, IdentityProvider, Inbound, LogoutRequest, PostedResponse, ReceivedLogout, ReplayCache, Seen,
    ServiceProvider, Session,
};

use crate::database::Database;
use crate::records::{MOST_PENDING, RecordError, Records, RedisRecords, SignedIn};

macro_rules! on_each {
    ($($test:ident)*) => {
        on_each! { on_sqlite_in_memory Store::in_memory: $($test)* }
        on_each! { on_sqlite_in_a_file Store::in_a_file: $($test)* }
        on_each! { on_redis Store::in_redis: $($test)* }
    };
    ($name:ident $open:path: $($test:ident)*) => {
        mod $name {
            use super::Store;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 8)]
                async fn $test() {
                    if let Some(store) = $open().await {
                        super::$test(store).await;
                    }
                }
            )*
        }
    };
}

on_each! {
    what_is_pending_is_taken_once
    of_eight_at_once_one_takes_it
    an_assertion_is_seen_for_the_first_time_once
    of_eight_at_once_one_sees_it_for_the_first_time
    a_replay_key_that_may_be_forgotten_is_no_first_time
    a_session_begins_is_found_and_ends
    what_is_over_is_not_found
    what_is_over_goes_away
    strangers_who_begin_logins_without_end_fill_nothing
    a_logout_ends_the_sessions_that_it_means
    a_logout_finds_the_session_that_lasts_longest
    a_logout_ends_nothing_of_another_connection
    whoever_reads_the_store_finds_no_names
    a_store_that_does_not_answer_lets_nobody_in
}

async fn what_is_pending_is_taken_once(store: Store) {
    let [a, b] = store.two();
    a.keep_pending("name", "sealed", soon()).await.unwrap();
    assert_eq!(b.take_pending("other").await.unwrap(), None);
    assert!(b.find("name").await.unwrap().is_none() && b.end("name").await.unwrap().is_none(), "it is no session");
    assert_eq!(b.take_pending("name").await.unwrap().as_deref(), Some("sealed"));
    assert_eq!(b.take_pending("name").await.unwrap(), None);
    assert_eq!(a.take_pending("name").await.unwrap(), None);
}

async fn of_eight_at_once_one_takes_it(store: Store) {
    for round in 0..20 {
        let name = format!("name {round}");
        store.instances[0].keep_pending(&name, "sealed", soon()).await.unwrap();
        let tasks = store.instances.iter().cloned().map(|records| {
            let name = name.clone();
            tokio::spawn(async move { records.take_pending(&name).await.unwrap() })
        });
        let mut taken = 0;
        for task in tasks.collect::<Vec<_>>() {
            taken += u32::from(task.await.unwrap().is_some());
        }
        assert_eq!(taken, 1);
    }
}

async fn an_assertion_is_seen_for_the_first_time_once(store: Store) {
    let [a, b] = store.two();
    assert_eq!(a.see("key", soon()).await.unwrap(), Seen::FirstTime);
    assert_eq!(a.see("key", soon()).await.unwrap(), Seen::Before);
    assert_eq!(b.see("key", soon()).await.unwrap(), Seen::Before);
    assert_eq!(b.see("other", soon()).await.unwrap(), Seen::FirstTime);
}

async fn of_eight_at_once_one_sees_it_for_the_first_time(store: Store) {
    for round in 0..20 {
        let tasks =
            store.instances.iter().cloned().map(|records| {
                tokio::spawn(async move { records.see(&format!("key {round}"), soon()).await.unwrap() })
            });
        let mut first = 0;
        for task in tasks.collect::<Vec<_>>() {
            first += u32::from(task.await.unwrap() == Seen::FirstTime);
        }
        assert_eq!(first, 1);
    }
}

async fn a_replay_key_that_may_be_forgotten_is_no_first_time(store: Store) {
    let [a, b] = store.two();
    let end = nearly_over();
    assert_eq!(a.see("key", end).await.unwrap(), Seen::FirstTime);
    wait_for(end).await;
    for records in [a, b] {
        // Others come and go, and with them what is over.
        assert!(records.see(&end.to_string(), soon()).await.is_ok());
        assert!(matches!(records.see("key", end).await, Err(RecordError::Over)));
    }
    assert!(matches!(a.see("never there", DateTime::UNIX_EPOCH).await, Err(RecordError::Over)));
}

async fn a_session_begins_is_found_and_ends(store: Store) {
    let ([a, b], idp) = (store.two(), Idp::new());
    let (_, session) = idp.sign_in("alice");
    let alice = signed_in("1", &session);
    a.begin("name", &alice, soon()).await.unwrap();
    assert_eq!(b.find("name").await.unwrap().as_ref(), Some(&alice));
    assert_eq!(b.find("name").await.unwrap().unwrap().session().unwrap(), session);
    assert!(b.find("other").await.unwrap().is_none() && b.end("other").await.unwrap().is_none());
    assert_eq!(b.take_pending("name").await.unwrap(), None, "it is nothing pending");
    assert_eq!(b.end("name").await.unwrap(), Some(alice));
    assert!(a.end("name").await.unwrap().is_none() && a.find("name").await.unwrap().is_none());
}

async fn what_is_over_is_not_found(store: Store) {
    let ([a, b], idp) = (store.two(), Idp::new());
    let (answer, session) = idp.sign_in("alice");
    let alice = signed_in("1", &session);
    let (over, nearly) = (Utc::now() - TimeDelta::milliseconds(1), nearly_over());
    for (name, until) in [("over", over), ("nearly", nearly)] {
        a.keep_pending(name, "sealed", until).await.unwrap();
        a.begin(name, &alice, until).await.unwrap();
    }
    assert!(b.find("nearly").await.unwrap().is_some());
    wait_for(nearly).await;
    for name in ["over", "nearly"] {
        assert!(b.find(name).await.unwrap().is_none(), "{name}");
        assert_eq!(b.take_pending(name).await.unwrap(), None, "{name}");
    }
    assert_eq!(b.end_all("1", &idp.logout(&answer, |_| ())).await.unwrap(), 0);
    assert!(b.end("nearly").await.unwrap().is_none());
}

async fn what_is_over_goes_away(store: Store) {
    let ([a, b], idp) = (store.two(), Idp::new());
    let nearly = nearly_over();
    a.keep_pending("name", "sealed", nearly).await.unwrap();
    a.see("key", nearly).await.unwrap();
    a.begin("name", &signed_in("1", &idp.sign_in("alice").1), nearly).await.unwrap();
    assert!(!store.dump().await.is_empty());
    wait_for(nearly).await;
    b.keep_pending("another", "still here", soon()).await.unwrap();
    let mut dump = store.dump().await;
    // Redis has a list of their digests.
    dump.retain(|entry| !entry.starts_with("secure_share:pending ["));
    assert!(dump.len() == 1 && dump[0].contains("still here"), "{dump:?}");
}

async fn strangers_who_begin_logins_without_end_fill_nothing(store: Store) {
    let ([a, b], idp) = (store.two(), Idp::new());
    let alice = signed_in("1", &idp.sign_in("alice").1);
    a.begin("alice", &alice, soon()).await.unwrap();
    a.see("key", soon()).await.unwrap();
    a.keep_pending("first", "sealed", soon()).await.unwrap();
    store.fill(MOST_PENDING).await;
    let end = Utc::now() + TimeDelta::hours(1);
    for name in ["one", "another"] {
        b.keep_pending(name, "sealed", end).await.unwrap();
    }
    assert_eq!(a.take_pending("first").await.unwrap(), None);
    assert_eq!(a.take_pending("another").await.unwrap().as_deref(), Some("sealed"));
    let pending = store.dump().await.iter().filter(|entry| entry.contains("pending:")).count();
    let most = usize::try_from(MOST_PENDING).unwrap();
    assert!((most - 10..=most).contains(&pending), "{pending}");
    assert_eq!(b.find("alice").await.unwrap(), Some(alice));
    assert_eq!(b.see("key", soon()).await.unwrap(), Seen::Before);
}

async fn a_logout_ends_the_sessions_that_it_means(store: Store) {
    let ([a, b], idp) = (store.two(), Idp::new());
    let mut answers = Vec::new();
    for (name, user) in [("one", "alice"), ("two", "alice"), ("three", "alice"), ("bob", "bob")] {
        let (answer, session) = idp.sign_in(user);
        a.begin(name, &signed_in("1", &session), soon()).await.unwrap();
        answers.push(answer);
    }
    // One index: one session.
    assert_eq!(b.end_all("1", &idp.logout(&answers[0], |_| ())).await.unwrap(), 1);
    assert!(a.find("one").await.unwrap().is_none() && a.find("two").await.unwrap().is_some());
    assert_eq!(b.end_all("1", &idp.logout(&answers[0], |_| ())).await.unwrap(), 0);
    // No index: all of the name.
    assert_eq!(b.end_all("1", &idp.logout(&answers[1], Vec::clear)).await.unwrap(), 2);
    for name in ["two", "three"] {
        assert!(a.find(name).await.unwrap().is_none() && a.end(name).await.unwrap().is_none(), "{name}");
    }
    assert!(a.find("bob").await.unwrap().is_some());
}

/// Whichever of two began last.
async fn a_logout_finds_the_session_that_lasts_longest(store: Store) {
    let ([a, b], idp) = (store.two(), Idp::new());
    let (alice, bob) = (idp.sign_in("alice"), idp.sign_in("bob"));
    let nearly = nearly_over();
    for (who, ends) in [(&alice, [nearly, soon()]), (&bob, [soon(), nearly])] {
        for (name, until) in ["first", "second"].iter().zip(ends) {
            let name = format!("{} {name}", who.0.name_id.as_ref().unwrap().value);
            a.begin(&name, &signed_in("1", &who.1), until).await.unwrap();
        }
    }
    wait_for(nearly).await;
    for (who, _) in [&alice, &bob] {
        assert_eq!(b.end_all("1", &idp.logout(who, Vec::clear)).await.unwrap(), 1);
    }
    assert!(a.find("alice second").await.unwrap().is_none() && a.find("bob first").await.unwrap().is_none());
}

/// Two connections may have providers of one name: what the one says about its users says nothing about the other's.
async fn a_logout_ends_nothing_of_another_connection(store: Store) {
    let ([a, b], idp) = (store.two(), Idp::new());
    let (answer, session) = idp.sign_in("alice");
    a.begin("here", &signed_in("1", &session), soon()).await.unwrap();
    a.begin("there", &signed_in("2", &session), soon()).await.unwrap();
    assert_eq!(b.end_all("3", &idp.logout(&answer, Vec::clear)).await.unwrap(), 0);
    assert_eq!(b.end_all("1", &idp.logout(&answer, Vec::clear)).await.unwrap(), 1);
    assert!(a.find("here").await.unwrap().is_none() && a.find("there").await.unwrap().is_some());
}

async fn whoever_reads_the_store_finds_no_names(store: Store) {
    let ([a, _], idp) = (store.two(), Idp::new());
    a.keep_pending("the-name-of-a-login", "its sealed text", soon()).await.unwrap();
    a.begin("the-name-of-a-session", &signed_in("1", &idp.sign_in("alice").1), soon()).await.unwrap();
    let dump = store.dump().await.concat();
    assert!(dump.contains("its sealed text") && dump.contains("alice@example.org"), "{dump}");
    assert!(!dump.contains("the-name-of"), "{dump}");
}

async fn a_store_that_does_not_answer_lets_nobody_in(mut store: Store) {
    let idp = Idp::new();
    let (answer, session) = idp.sign_in("alice");
    store.break_down();
    let [records, _] = store.two();
    assert!(records.see("key", soon()).await.is_err());
    assert!(records.take_pending("name").await.is_err() && records.keep_pending("name", "", soon()).await.is_err());
    assert!(records.find("name").await.is_err() && records.end("name").await.is_err());
    assert!(records.begin("name", &signed_in("1", &session), soon()).await.is_err());
    let error = records.end_all("1", &idp.logout(&answer, |_| ())).await.unwrap_err().to_string();
    assert!(error.contains("does not answer"), "{error}");
}

#[tokio::test]
async fn a_redis_that_comes_back_is_used_again() {
    let Some(mut store) = Store::in_redis().await else { return };
    store.break_down();
    assert!(store.two()[0].see("key", soon()).await.is_err());
    let (server, port) = store.redis.as_mut().unwrap();
    *server = start_redis(*port);
    let mut attempts = 0;
    while store.two()[0].see("key", soon()).await.is_err() {
        attempts += 1;
        assert!(attempts < 5);
    }
    assert_eq!(store.two()[0].see("key", soon()).await.unwrap(), Seen::Before);
}

/// Eight instances of the application on one store.
struct Store {
    instances: Vec<Arc<Records>>,
    database: Option<Arc<Database>>,
    directory: Option<PathBuf>,
    redis: Option<(Child, u16)>,
}

impl Store {
    async fn in_memory() -> Option<Self> {
        let database = Arc::new(Database::open(None).unwrap());
        let instances = (0..8).map(|_| Arc::new(Records::Sqlite(Arc::clone(&database)))).collect();
        Some(Self { instances, database: Some(database), directory: None, redis: None })
    }

    async fn in_a_file() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("secure-share-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir(&directory).unwrap();
        let file = directory.join("database");
        let open: Vec<_> = (0..8).map(|_| Arc::new(Database::open(Some(&file)).unwrap())).collect();
        let instances = open.iter().map(|database| Arc::new(Records::Sqlite(Arc::clone(database)))).collect();
        Some(Self { instances, database: open.into_iter().next(), directory: Some(directory), redis: None })
    }

    async fn in_redis() -> Option<Self> {
        if !there_is_redis() {
            return None;
        }
        // Free a moment ago.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = start_redis(port);
        let mut instances = Vec::new();
        for _ in 0..8 {
            let records = RedisRecords::open(&format!("redis://127.0.0.1:{port}")).await.unwrap();
            instances.push(Arc::new(Records::Redis(records)));
        }
        Some(Self { instances, database: None, directory: None, redis: Some((server, port)) })
    }

    fn two(&self) -> [&Records; 2] {
        [&self.instances[0], &self.instances[1]]
    }

    /// Everything that is in it, one entry each.
    async fn dump(&self) -> Vec<String> {
        if let Some(database) = &self.database {
            let database = database.lock();
            let mut all =
                database.prepare("SELECT key || ' ' || text || ' ' || ifnull(belongs_to, '') FROM record").unwrap();
            return all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        }
        let (_, port) = self.redis.as_ref().unwrap();
        let client = redis::Client::open(format!("redis://127.0.0.1:{port}")).unwrap();
        let mut connection = client.get_connection_manager_with_config(patient()).await.unwrap();
        let mut entries = Vec::new();
        let keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut connection).await.unwrap();
        for key in keys {
            let kind: String = redis::cmd("TYPE").arg(&key).query_async(&mut connection).await.unwrap();
            let value: Vec<String> = match kind.as_str() {
                "string" => redis::cmd("MGET").arg(&key).query_async(&mut connection).await.unwrap(),
                _ => redis::cmd("ZRANGE").arg(&key).arg(0).arg(-1).query_async(&mut connection).await.unwrap(),
            };
            entries.push(format!("{key} {value:?}"));
        }
        entries
    }

    /// So many pending logins, as they are stored, each ending later than the one before, and all within the hour.
    async fn fill(&self, many: u32) {
        let start = soon().timestamp_millis();
        let Some((_, port)) = self.redis.as_ref() else {
            let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                       INSERT INTO record SELECT 'pending:' || i, 'sealed', ?2 + i, 'pending' FROM n";
            self.database.as_ref().unwrap().lock().execute(sql, rusqlite::params![many, start]).unwrap();
            return;
        };
        let client = redis::Client::open(format!("redis://127.0.0.1:{port}")).unwrap();
        let mut connection = client.get_connection_manager_with_config(patient()).await.unwrap();
        let script = "for i = 1, ARGV[1] do
            redis.call('SET', 'secure_share:pending:' .. i, 'sealed', 'PXAT', ARGV[2] + i)
            redis.call('ZADD', 'secure_share:pending', ARGV[2] + i, 'pending:' .. i)
        end";
        let mut fill = redis::cmd("EVAL");
        let () = fill.arg(script).arg(0).arg(many).arg(start).query_async(&mut connection).await.unwrap();
    }

    fn break_down(&mut self) {
        match &mut self.redis {
            Some((server, _)) => stop(server),
            None => self.database.as_ref().unwrap().lock().execute_batch("DROP TABLE record").unwrap(),
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Some((server, _)) = &mut self.redis {
            stop(server);
        }
        if let Some(directory) = &self.directory {
            _ = std::fs::remove_dir_all(directory);
        }
    }
}

/// Thousands of entries at once take their time on a machine that is busy.
fn patient() -> ConnectionManagerConfig {
    ConnectionManagerConfig::new().set_response_timeout(Some(Duration::from_secs(60)))
}

/// Without the program its tests are skipped, unless they must not be.
fn there_is_redis() -> bool {
    let Err(error) = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status() else { return true };
    assert!(std::env::var("SAML_SP_REDIS").as_deref() != Ok("require"), "redis-server: {error}");
    // Not by the macro, whose lines are kept back where a test passes.
    let skipped = format!("SKIPPED, for there is no redis-server ({error}): a test of the records in Redis\n");
    std::io::stderr().write_all(skipped.as_bytes()).unwrap();
    false
}

/// One of our own, in memory.
fn start_redis(port: u16) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"]);
    let mut server = command.stdout(Stdio::null()).spawn().unwrap();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(server.try_wait().unwrap().is_none(), "redis-server stops at once");
        std::thread::sleep(Duration::from_millis(20));
    }
    server
}

fn stop(server: &mut Child) {
    _ = server.kill();
    _ = server.wait();
}

fn soon() -> DateTime<Utc> {
    Utc::now() + TimeDelta::minutes(5)
}

/// Late enough that a busy machine comes to what has to be done before.
fn nearly_over() -> DateTime<Utc> {
    Utc::now() + TimeDelta::seconds(2)
}

async fn wait_for(end: DateTime<Utc>) {
    let rest = (end - Utc::now()).to_std().unwrap_or_default();
    tokio::time::sleep(rest + Duration::from_millis(50)).await;
}

fn signed_in(provider: &str, session: &Session) -> SignedIn {
    SignedIn {
        provider: provider.to_owned(),
        session: session.to_bytes().unwrap(),
        email: format!("{}@example.org", session.name_id().unwrap().value),
        first_name: None,
        last_name: Some("Archer".to_owned()),
        groups: vec!["engineering".to_owned()],
    }
}

const ACS: &str = "https://share.example.com/saml/acs";
const SLO: &str = "https://share.example.com/saml/slo";

/// Real sessions and real requests to end them.
struct Idp {
    test_idp: TestIdp,
    idp: IdentityProvider,
    sp: ServiceProvider,
}

impl Idp {
    fn new() -> Self {
        let test_idp = TestIdp::with_ecdsa("https://idp.example.com/").unwrap().slo_url("https://idp.example.com/slo");
        let sp = ServiceProvider::builder("https://share.example.com/saml", ACS).slo_url(Binding::Redirect, SLO);
        let sp = sp.credential(signing_credential().unwrap()).build().unwrap();
        Self { idp: test_idp.identity_provider().unwrap(), test_idp, sp }
    }

    fn sign_in(&self, user: &str) -> (Answer, Session) {
        let answer = self.test_idp.unsolicited(self.sp.entity_id().as_str(), ACS, user);
        let form = self.test_idp.post(&answer).unwrap();
        let posted = PostedResponse::new(&form.saml_response, None);
        let accepted = self.sp.accept(&self.idp, &posted, Expect::unsolicited(ACS)).unwrap();
        (answer, accepted.confirm(Seen::FirstTime).unwrap().session)
    }

    /// A request to end the session of this answer, with other indexes where these are changed.
    fn logout(&self, answer: &Answer, change: impl FnOnce(&mut Vec<String>)) -> LogoutRequest {
        let mut logout = self.test_idp.logout_of(answer, SLO);
        change(&mut logout.session_indexes);
        let query = self.test_idp.logout_query(&logout).unwrap();
        let ReceivedLogout::Request(request) = self.sp.receive_logout(&self.idp, &Inbound::query(&query)).unwrap()
        else {
            panic!("a request was wanted");
        };
        request.confirm_with(&ReplayCache::default()).unwrap()
    }
}
