# A real identity provider and the axum_login example, each with the other's metadata. Sourced by record.sh, signed_requests.sh and
# logouts.sh, which have set $here; takes their arguments:
#
#   --idp   which product: logins/NAME.sh beside this file says how it is started
#   --idps  the folder with the test identity providers (FOLDER/start.sh, common/login.py), installed
#   --venv  a virtual environment with pysaml2 in it (pysaml2/install.sh VENV); for pysaml2 only
#   --work  where state and captures go (a temporary folder, removed at the end)
#   --sp    the service provider (cargo run --quiet --locked --example axum_login --)
#
# and leaves what else there is in $rest. Loopback only. Keys are fresh: $work/signing.key and $work/decryption.key are ours.
# shellcheck shell=bash disable=SC2034
idp='' idps='' venv='' work='' rest=() sp='cargo run --quiet --locked --example axum_login --'
while [ $# -gt 0 ]; do
    case $1 in
        --idp) idp=$2; shift ;;
        --idps) idps=$2; shift ;;
        --venv) venv=$2; shift ;;
        --work) work=$2; shift ;;
        --sp) sp=$2; shift ;;
        -*) echo "unknown argument $1" >&2; exit 64 ;;
        *) rest+=("$1") ;;
    esac
    shift
done
[ -f "$here/logins/$idp.sh" ] && [ -n "$idps" ] || { sed -n '/^# *tests/,/^[^#]/{/^#/p}' "$0" >&2; exit 64; }
sp_port=${SP_PORT:-3917} idp_port=${IDP_PORT:-8593}
# Where ours listens: behind its base URL, where something stands between.
listen_port=$sp_port
base=http://127.0.0.1:$sp_port

sp_pid='' temporary=''
[ -n "$work" ] || { work=$(mktemp -d); temporary=$work; }
# stop PID: and waits until it has gone, since the next one wants its port.
stop() {
    kill "$1" 2>/dev/null || return 0
    for _ in $(seq 100); do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -9 "$1" 2>/dev/null || true
}
stop_sp() { [ -z "$sp_pid" ] || stop "$sp_pid"; }
stop_idp() {
    [ -f "$work/idp/pid" ] || return 0
    stop "$(cat "$work/idp/pid")"
    rm -f "$work/idp/pid"
}
clean_up() {
    stop_sp
    stop_idp
    [ -z "$temporary" ] || rm -rf "$temporary"
}
trap clean_up EXIT
mkdir -p "$work/idp"
rm -f "$work/idp/pid"

# Algorithms, for logins/NAME.sh.
xenc=http://www.w3.org/2001/04/xmlenc# xenc11=http://www.w3.org/2009/xmlenc11# dsig_more=http://www.w3.org/2001/04/xmldsig-more#
# What logins/NAME.sh says:
#   product, version     for the recordings
#   start_idp            starts it with $work/idp/options.json, and leaves its pid in $work/idp/pid
#   logins               the logins to record
#   logouts              the logouts, for logouts.sh; not there where it has none
# and what it may set otherwise:
user=alice password=alice-password
idp_metadata=$work/idp/idp-metadata.xml
# set_options: makes the running provider use a changed options.json. Most read it at every request.
set_options() { :; }
# What makes it want signed requests, and verify them; nothing where it does not.
signed_options=''
# The bindings of logouts among which its options choose at every request; none where it goes by our metadata alone.
chosen_by_options=''
# shellcheck source=/dev/null
. "$here/logins/$idp.sh"

# make_key NAME: a key of ours with its certificate.
make_key() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=test service provider, $1" \
        -keyout "$work/$1.key" -out "$work/$1.crt" 2>"$work/openssl.log"
}

# sp_with KEY: the command of ours that signs with that key.
sp_with() {
    printf '%s' "$sp --listen 127.0.0.1:$listen_port --base-url $base --signing-key $work/$1.key --signing-certificate $work/$1.crt"
    printf '%s' " --decryption-key $work/decryption.key --encryption-certificate $work/decryption.crt"
}

# our_metadata: ours, as the identity provider gets it.
our_metadata() { $(sp_with signing) --print-sp-metadata; }

# start_sp [KEY [METADATA]]: signing with that key, at the identity provider of that metadata.
start_sp() {
    : >"$work/sp.out" # not the last one's "ready"
    $(sp_with "${1:-signing}") --idp-metadata "${2:-$idp_metadata}" >"$work/sp.out" 2>"$work/sp.log" &
    sp_pid=$!
    for _ in $(seq 600); do
        ! grep -q '^ready ' "$work/sp.out" || return 0
        kill -0 "$sp_pid" 2>/dev/null || { echo "the example ended early:" >&2; cat "$work/sp.log" >&2; return 1; }
        sleep 0.1
    done
    echo "the example never said it was ready" >&2
    return 1
}

# start OPTIONS: both, the identity provider with these options. Each side needs the other's metadata first: ours does not depend
# on theirs.
start() {
    make_key signing
    make_key decryption
    our_metadata >"$work/sp-metadata.xml"
    printf '%s\n' "$1" >"$work/idp/options.json"
    start_idp
    start_sp
}
