//! How the example `secure_share` fetches metadata, against small servers on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

#[path = "../examples/secure_share/fetch.rs"]
#[deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // it is no test
#[allow(dead_code)] // the example's own file
mod fetch;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use fetch::{Bounds, Fetch, FetchError, Fetched, Place, Reach};
use rustls::pki_types::PrivateKeyDer;
use ureq::tls::Certificate;
use url::{Host, Url};

const HERE: Reach = Reach { private: false, loopback: true };
const INTERNET: Reach = Reach { private: false, loopback: false };
const ANYWHERE: Reach = Reach { private: true, loopback: true };

fn bounds() -> Bounds {
    Bounds { time: Duration::from_secs(5), bytes: 1000 }
}

/// With an authority that signs nothing, so that https is allowed.
fn fetch(reach: Reach) -> Fetch {
    Fetch::with(reach, bounds(), vec![certificate(&rcgen::generate_simple_self_signed([]).unwrap())])
}

fn certificate(of: &rcgen::CertifiedKey<rcgen::KeyPair>) -> Certificate<'static> {
    Certificate::from_der(of.cert.der()).to_owned()
}

/// A server that answers each connection by `answer`, which gets the head of the request and the wire.
struct Server {
    address: SocketAddr,
    heads: Receiver<String>,
}

impl Server {
    fn start(answer: impl Fn(&str, &mut dyn Write) + Send + 'static) -> Self {
        Self::behind(Some, answer)
    }

    /// As [`start`](Self::start), over what `layer` makes of a connection.
    fn behind<S: Read + Write>(
        layer: impl Fn(TcpStream) -> Option<S> + Send + 'static,
        answer: impl Fn(&str, &mut dyn Write) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, (tell, heads)) = (listener.local_addr().unwrap(), channel());
        thread::spawn(move || {
            for wire in listener.incoming() {
                let Some(mut wire) = layer(wire.unwrap()) else { continue };
                let Some(head) = head(&mut wire) else { continue };
                answer(&head, &mut wire);
                _ = wire.flush();
                if tell.send(head).is_err() {
                    break;
                }
            }
        });
        Self { address, heads }
    }

    fn saying(answer: impl Into<String>) -> Self {
        let answer = answer.into();
        Self::start(move |_, wire| _ = wire.write_all(answer.as_bytes()))
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// The request up to its empty line; `None` where a client that trusts nobody hangs up before.
fn head(wire: &mut impl Read) -> Option<String> {
    let (mut head, mut lines) = (String::new(), BufReader::with_capacity(1, wire));
    while !head.ends_with("\r\n\r\n") {
        if lines.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    Some(head)
}

fn ok(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{headers}\r\n{body}")
}

fn redirect(status: u16, to: &str) -> String {
    format!("HTTP/1.1 {status} Moved\r\nConnection: close\r\nContent-Length: 0\r\nLocation: {to}\r\n\r\n")
}

fn document(bytes: impl Into<Vec<u8>>, etag: Option<&str>) -> Fetched {
    Fetched::Document { bytes: bytes.into(), etag: etag.map(str::to_owned) }
}

/// What an administrator reads.
#[track_caller]
fn refused(reach: Reach, url: &str, says: &[&str]) -> FetchError {
    failed(fetch(reach).get(url, None), says)
}

#[track_caller]
fn failed(outcome: Result<Fetched, FetchError>, says: &[&str]) -> FetchError {
    let error = outcome.expect_err("fetched");
    let text = error.to_string();
    for part in says {
        assert!(text.contains(part), "{text:?} does not say {part:?}");
    }
    assert!(text.ends_with('.'), "{text}");
    error
}

#[test]
fn a_document_with_its_etag() {
    // Types are not looked at, and what is no UTF-8 is not touched.
    for content_type in ["application/samlmetadata+xml", "text/xml; charset=iso-8859-1", "application/octet-stream"] {
        let headers = format!("Content-Type: {content_type}\r\nETag: W/\"7\"\r\nContent-Length: 4\r\n");
        let server = Server::start(move |_, wire| {
            _ = wire.write_all(&[ok(&headers, "").as_bytes(), b"<\xe9/>"].concat());
        });
        let fetched = fetch(HERE).get(&server.url("/metadata?a=b#part"), None).unwrap();
        assert_eq!(fetched, document(*b"<\xe9/>", Some("W/\"7\"")));
        let head = server.heads.recv().unwrap().to_lowercase();
        assert!(head.starts_with("get /metadata?a=b http/1.1\r\n"), "{head}");
        assert!(head.contains("accept: application/samlmetadata+xml") && !head.contains("if-none-match"), "{head}");
    }
    let server = Server::saying(ok(&format!("ETag: \"{}\"\r\n", "e".repeat(2000)), "<a/>"));
    assert_eq!(fetch(HERE).get(&format!(" {}\n", server.url("/")), None).unwrap(), document("<a/>", None));
}

#[test]
fn a_document_that_is_still_the_same() {
    let server = Server::saying("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
    assert_eq!(fetch(HERE).get(&server.url("/"), Some("W/\"7\"")).unwrap(), Fetched::NotModified);
    assert!(server.heads.recv().unwrap().to_lowercase().contains("if-none-match: w/\"7\"\r\n"));
    // To somebody who has none it is no answer.
    refused(HERE, &server.url("/"), &["304"]);
    failed(fetch(HERE).get(&server.url("/"), Some("a\nb: c")), &["127.0.0.1"]);
}

#[test]
fn no_document() {
    for (status, advice) in [(403, "public"), (404, "once more"), (503, "later"), (204, "browser"), (300, "browser")] {
        let server = Server::saying(format!("HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
        refused(HERE, &server.url("/"), &[&status.to_string(), advice]);
    }
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    refused(HERE, &format!("http://{closed}/"), &["127.0.0.1", "does not answer"]);
    let server = Server::saying("220 smtp.example.com ESMTP\r\n");
    refused(HERE, &server.url("/"), &["does not answer as a web server does"]);
    // Cut off in the middle.
    let server = Server::saying(ok("Content-Length: 50\r\n", "<a/>"));
    refused(HERE, &server.url("/"), &["127.0.0.1"]);
}

#[test]
fn redirects_are_followed_three_times() {
    for status in [301, 302, 303, 307, 308] {
        let server = Server::start(move |head, wire| {
            let answer = match head.split(' ').nth(1).unwrap() {
                "/metadata.xml" => ok("Content-Length: 4\r\n", "<a/>"),
                // Relative ones too.
                "/2" => redirect(status, "metadata.xml"),
                "/1" => redirect(status, "/2"),
                _ => redirect(status, "/1"),
            };
            _ = wire.write_all(answer.as_bytes());
        });
        assert_eq!(fetch(HERE).get(&server.url("/0"), None).unwrap(), document("<a/>", None));
    }
    let server = Server::saying(redirect(302, "/again"));
    refused(HERE, &server.url("/"), &["3 redirects"]);
    assert_eq!(server.heads.iter().take(4).count(), 4);
    assert!(server.heads.recv_timeout(Duration::from_millis(50)).is_err(), "asked a fifth time");
    let server = Server::saying("HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    refused(HERE, &server.url("/"), &["3 redirects"]);
}

#[test]
fn a_redirect_leads_only_where_the_url_itself_may() {
    for (to, says) in [
        ("http://10.0.0.1/", "use https"),
        ("https://10.0.0.1/", "private network"),
        ("https://169.254.169.254/latest/meta-data/", "169.254.169.254"),
        ("https://[::ffff:192.168.1.1]/", "private network"),
        ("http://idp.example.com/", "use https"),
        ("//0/", "0.0.0.0"),
        ("https://user:secret@idp.example.com/", "leave them out"),
        ("file:///etc/passwd", "file"),
        ("https://", "not the URL"),
        ("https://user:secret@host:99999/", "not the URL"),
    ] {
        let server = Server::saying(redirect(302, to));
        let error = refused(HERE, &server.url("/"), &[]);
        assert!(error.to_string().to_lowercase().contains(&says.to_lowercase()), "{to}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn no_more_bytes_than_the_limit() {
    let limit = usize::try_from(bounds().bytes).unwrap();
    for (bytes, fits) in [(limit, true), (limit + 1, false)] {
        let body = "x".repeat(bytes);
        let chunked = format!("{bytes:x}\r\n{body}\r\n0\r\n\r\n");
        for answer in [
            ok(&format!("Content-Length: {bytes}\r\n"), &body),
            ok("", &body),
            ok("Transfer-Encoding: chunked\r\n", &chunked),
        ] {
            let server = Server::saying(answer);
            match fetch(HERE).get(&server.url("/"), None) {
                Ok(fetched) => assert!(fits && fetched == document(body.as_str(), None)),
                Err(error) => assert!(!fits && error.to_string().contains("federation"), "{error}"),
            }
        }
    }
    // Said in advance, nothing of it is read; said falsely, it is cut.
    let server = Server::start(|_, wire| {
        let head = ok("Content-Length: 99999999999\r\n", "");
        _ = wire.write_all(head.as_bytes());
        thread::sleep(bounds().time);
    });
    let begun = Instant::now();
    refused(HERE, &server.url("/"), &["more than 1 MB", "federation"]);
    assert!(begun.elapsed() < bounds().time);
    let endless = Server::start(|_, wire| {
        _ = wire.write_all(ok("", "").as_bytes());
        while wire.write_all(&[b'x'; 4096]).is_ok() {}
    });
    refused(HERE, &endless.url("/"), &["federation"]);
    assert_eq!(Bounds::default().bytes, 20 * 1024 * 1024);
}

/// One limit for everything, not one for each byte.
#[test]
fn no_longer_than_the_limit() {
    let bounds = Bounds { time: Duration::from_millis(400), ..bounds() };
    let drip = |wire: &mut dyn Write, text: &str| {
        for octet in text.bytes() {
            if wire.write_all(&[octet]).and_then(|()| wire.flush()).is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
    };
    let servers = [
        Server::start(|_, _| thread::sleep(Duration::from_secs(3))),
        Server::start(move |_, wire| drip(wire, &ok("Content-Length: 4\r\n", "<a/>"))),
        Server::start(move |_, wire| {
            _ = wire.write_all(ok("Content-Length: 40\r\n", "").as_bytes());
            drip(wire, &"x".repeat(40));
        }),
        Server::start(|_, wire| {
            thread::sleep(Duration::from_millis(150));
            _ = wire.write_all(redirect(302, "/").as_bytes());
        }),
    ];
    for server in servers {
        let begun = Instant::now();
        failed(Fetch::with(HERE, bounds, Vec::new()).get(&server.url("/"), None), &["127.0.0.1", "0.4 seconds"]);
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    }
}

#[test]
fn what_is_wrong_with_a_url_is_said_before_anybody_is_asked() {
    for (url, says) in [
        ("", "not the URL"),
        ("https://user:pw@idp.example.com:99999/", "port"),
        ("idp.example.com/metadata", "https:// in front"),
        ("http://idp.example.com/metadata", "use https"),
        ("http://localhost.example.com/", "use https"),
        ("http://10.1.2.3/metadata", "use https"),
        ("http://0/", "use https"),
        ("ftp://idp.example.com/", "ftp"),
        ("file:///etc/passwd", "file"),
        ("data:text/xml,<a/>", "data"),
        ("https://user:pw@idp.example.com/", "leave them out"),
        ("https://user@idp.example.com/", "leave them out"),
        ("https://:pw@idp.example.com/", "leave them out"),
    ] {
        for reach in [HERE, ANYWHERE] {
            let error = refused(reach, url, &[]);
            assert!(error.to_string().to_lowercase().contains(&says.to_lowercase()), "{url}: {error}");
            assert!(!error.to_string().contains("pw"), "{error}");
        }
    }
    let server = Server::saying(ok("", "<a/>"));
    for url in [server.url("/"), server.url("/").replace("127.0.0.1", "localhost")] {
        assert!(fetch(HERE).get(&url, None).is_ok(), "{url}");
        // Not by the name of the machine, and not because private networks are allowed.
        refused(INTERNET, &url, &["Use https"]);
        refused(Reach { private: true, loopback: false }, &url, &["Use https"]);
        refused(INTERNET, &url.replace("http:", "https:"), &["this machine", "loopback alone"]);
    }
    let with_password = server.url("/").replace("127", "user:pw@127");
    refused(HERE, &with_password, &["leave them out"]);
    failed(Fetch::with(HERE, bounds(), Vec::new()).get("https://idp.example.com/", None), &["ca-certificates"]);
}

/// Each spelling of an address is the address, and none of them is connected to.
#[test]
fn addresses_that_are_not_the_internet_are_refused() {
    for url in [
        "https://10.0.0.1/",
        "https://172.16.0.1:8443/",
        "https://192.168.0.1/",
        "https://100.64.0.1/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::10.0.0.1]/",
        "https://167772161/",
        "https://0xa000001/",
        "https://012.0.0.1/",
        "https://10.1/",
        "https://１０.0.0.1/",
    ] {
        refused(INTERNET, url, &["private network", "--allow-private-network"]);
    }
    for url in [
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://127.0.0.1./",
        "https://[::1]/",
        "https://[::ffff:7f00:1]/",
        "https://localhost/",
        "https://LOCALHOST./",
    ] {
        refused(INTERNET, url, &["this machine"]);
    }
    // Whatever is allowed.
    for url in ["https://0.0.0.0/", "https://0/", "https://[::]/", "https://169.254.169.254/", "https://[fe80::1]/"] {
        for reach in [INTERNET, HERE, ANYWHERE] {
            refused(reach, url, &["no identity provider is"]);
        }
    }
}

#[test]
fn whose_an_address_is() {
    use Place::{Internet, Loopback, Nowhere, Private};
    for (address, place, source) in [
        ("0.0.0.0", Nowhere, "RFC 1122"),
        ("0.255.255.255", Nowhere, "RFC 1122"),
        ("1.0.0.0", Internet, ""),
        ("9.255.255.255", Internet, ""),
        ("10.0.0.0", Private, "RFC 1918"),
        ("10.255.255.255", Private, "RFC 1918"),
        ("11.0.0.0", Internet, ""),
        ("100.63.255.255", Internet, ""),
        ("100.64.0.0", Private, "RFC 6598"),
        ("100.127.255.255", Private, "RFC 6598"),
        ("100.128.0.0", Internet, ""),
        ("126.255.255.255", Internet, ""),
        ("127.0.0.1", Loopback, "RFC 1122"),
        ("127.255.255.255", Loopback, "RFC 1122"),
        ("128.0.0.0", Internet, ""),
        ("168.63.129.16", Nowhere, "Azure"),
        ("169.253.255.255", Internet, ""),
        ("169.254.169.254", Nowhere, "RFC 3927"),
        ("169.255.0.0", Internet, ""),
        ("172.15.255.255", Internet, ""),
        ("172.16.0.0", Private, "RFC 1918"),
        ("172.31.255.255", Private, "RFC 1918"),
        ("172.32.0.0", Internet, ""),
        ("192.0.0.1", Nowhere, "RFC 6890"),
        ("192.0.1.0", Internet, ""),
        ("192.0.2.1", Nowhere, "RFC 5737"),
        ("192.88.99.1", Nowhere, "RFC 7526"),
        ("192.167.255.255", Internet, ""),
        ("192.168.0.0", Private, "RFC 1918"),
        ("192.168.255.255", Private, "RFC 1918"),
        ("192.169.0.0", Internet, ""),
        ("198.17.255.255", Internet, ""),
        ("198.18.0.0", Private, "RFC 2544"),
        ("198.19.255.255", Private, "RFC 2544"),
        ("198.51.100.1", Nowhere, "RFC 5737"),
        ("203.0.113.1", Nowhere, "RFC 5737"),
        ("223.255.255.255", Internet, ""),
        ("224.0.0.1", Nowhere, "RFC 5771"),
        ("240.0.0.1", Nowhere, "RFC 1112"),
        ("255.255.255.255", Nowhere, "RFC 919"),
        ("::", Nowhere, "RFC 4291"),
        ("::1", Loopback, "RFC 4291"),
        ("::2", Nowhere, "RFC 4291"),
        ("::127.0.0.1", Nowhere, "RFC 4291, IPv4-compatible"),
        ("::ffff:127.0.0.1", Loopback, "RFC 4291, IPv4-mapped"),
        ("::ffff:0.0.0.0", Nowhere, "RFC 4291, IPv4-mapped"),
        ("::ffff:10.0.0.1", Private, "RFC 4291, IPv4-mapped"),
        ("::ffff:9.9.9.9", Internet, "RFC 4291, IPv4-mapped"),
        ("64:ff9b::10.0.0.1", Private, "RFC 6052"),
        ("64:ff9b::9.9.9.9", Internet, "RFC 6052"),
        ("64:ff9b:1::1", Nowhere, "RFC 8215"),
        ("100::1", Nowhere, "RFC 6666"),
        ("1fff:ffff::1", Nowhere, "RFC 4291"),
        ("2000::1", Internet, "RFC 4291"),
        ("2001::1", Nowhere, "RFC 4380"),
        ("2001:1ff:ffff::", Nowhere, "RFC 2928"),
        ("2001:200::1", Internet, ""),
        ("2001:db8::1", Nowhere, "RFC 3849"),
        ("2002:7f00:1::1", Loopback, "RFC 3056"),
        ("2002:a00:1::1", Private, "RFC 3056"),
        ("2606:4700::1111", Internet, ""),
        ("3fff::1", Nowhere, "RFC 9637"),
        ("3fff:1000::1", Internet, ""),
        ("4000::1", Nowhere, "RFC 4291"),
        ("fbff::1", Nowhere, "RFC 4291"),
        ("fc00::1", Private, "RFC 4193"),
        ("fdff:ffff::1", Private, "RFC 4193"),
        ("fe80::1", Nowhere, "RFC 4291, link-local"),
        ("fec0::1", Nowhere, "RFC 3879"),
        ("ff02::1", Nowhere, "RFC 4291, multicast"),
    ] {
        let address: IpAddr = address.parse().unwrap();
        assert_eq!(Place::of(address), place, "{address} {source}");
    }
    // The `url` crate reads what browsers read.
    for (text, address) in
        [("http://2130706433/", "127.0.0.1"), ("http://0x7f.1/", "127.0.0.1"), ("http://0/", "0.0.0.0")]
    {
        assert_eq!(Url::parse(text).unwrap().host(), Some(Host::Ipv4(address.parse().unwrap())));
    }
}

/// A proxy would resolve names for us. This program runs one of its tests anew where each variable names one that is not there.
#[test]
fn proxies_of_the_environment_are_not_asked() {
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "a_document_with_its_etag", "https_proves_who_answers"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        again.env(name, "http://127.0.0.1:9").env(name.to_lowercase(), "http://127.0.0.1:9");
    }
    let output = again.env_remove("NO_PROXY").env_remove("no_proxy").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("2 passed"), "{text}");
}

/// A server with a certificate for `localhost`, and the certificate.
fn tls_server(answer: impl Fn(&str, &mut dyn Write) + Send + 'static) -> (Server, Certificate<'static>) {
    let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(pair.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![pair.cert.der().clone()], key).unwrap();
    let config = Arc::new(config);
    let layer = move |wire: TcpStream| {
        let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
        Some(rustls::StreamOwned::new(connection, wire))
    };
    (Server::behind(layer, answer), certificate(&pair))
}

#[test]
fn https_proves_who_answers() {
    let plain = Server::saying(ok("", "<forged/>"));
    let down = plain.url("/");
    let (server, certificate) = tls_server(move |head, wire| {
        let answer = match head.split(' ').nth(1).unwrap() {
            "/down" => redirect(302, &down),
            _ => ok("Content-Length: 4\r\n", "<a/>"),
        };
        _ = wire.write_all(answer.as_bytes());
    });
    let url = format!("https://localhost:{}/", server.address.port());
    let trusting = Fetch::with(HERE, bounds(), vec![certificate]);
    assert_eq!(trusting.get(&url, None).unwrap(), document("<a/>", None));
    // From https there is no way back, not even to this machine.
    failed(trusting.get(&format!("{url}down"), None), &["127.0.0.1", "without TLS"]);
    assert!(plain.heads.try_recv().is_err(), "it was asked");
    failed(trusting.get(&url.replace("localhost", "127.0.0.1"), None), &["does not prove who it is", "127.0.0.1"]);
    refused(HERE, &url, &["does not prove who it is", "localhost"]);
    // Where nothing but plain HTTP is spoken.
    failed(trusting.get(&plain.url("/").replace("http:", "https:"), None), &["127.0.0.1"]);
}
