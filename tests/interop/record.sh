#!/usr/bin/env bash
# Logs in at a real identity provider through the axum_login example, and records each login as one JSON file.
#
#   tests/interop/record.sh --idp NAME --idps DIR [--venv VENV] [--work DIR] [--sp COMMAND] OUT
#
#   --idp   which product: logins/NAME.sh beside this file says how it is started and which logins are recorded
#   --idps  the folder with the test identity providers (NAME/start.sh, common/login.py), installed
#   --venv  a virtual environment with pysaml2 in it (pysaml2/install.sh VENV); for pysaml2 only
#   --work  where state and captures go (a temporary folder, removed at the end)
#   --sp    the service provider (cargo run --quiet --locked --example axum_login --)
#   OUT     where the recordings go, one <name>.json each; tests/interop/recorded for the stored ones
#
# Loopback only. The recordings hold public keys, messages and a test user's attributes; those of encrypted answers also the private
# key that was made to open them. Needs openssl, and xmlsec1 to read what was encrypted.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
idp='' idps='' venv='' work='' out='' sp='cargo run --quiet --locked --example axum_login --'
while [ $# -gt 0 ]; do
    case $1 in
        --idp) idp=$2; shift ;;
        --idps) idps=$2; shift ;;
        --venv) venv=$2; shift ;;
        --work) work=$2; shift ;;
        --sp) sp=$2; shift ;;
        -*) echo "unknown argument $1" >&2; exit 64 ;;
        *) out=$1 ;;
    esac
    shift
done
[ -n "$idp" ] && [ -f "$here/logins/$idp.sh" ] && [ -n "$idps" ] && [ -n "$out" ] || { sed -n 4,12p "$0" >&2; exit 64; }
sp_port=${SP_PORT:-3917} idp_port=${IDP_PORT:-8593}
base=http://127.0.0.1:$sp_port

# What logins/NAME.sh may set otherwise.
user=alice password=alice-password
# start_idp: starts it with $work/idp/options.json, and leaves its pid in $work/idp/pid, its metadata in $idp_metadata.
# set_options: makes the running provider use a changed options.json. Most read it at every request.
set_options() { :; }

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
stop_idp() { [ ! -f "$work/idp/pid" ] || stop "$(cat "$work/idp/pid")"; }
clean_up() {
    [ -z "$sp_pid" ] || stop "$sp_pid"
    stop_idp
    [ -z "$temporary" ] || rm -rf "$temporary"
}
trap clean_up EXIT
mkdir -p "$work/idp" "$out"
idp_metadata=$work/idp/idp-metadata.xml
# shellcheck source=/dev/null
. "$here/logins/$idp.sh"

openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=test service provider" \
    -keyout "$work/sp.key" -out "$work/sp.crt" 2>"$work/openssl.log"
sp="$sp --decryption-key $work/sp.key --encryption-certificate $work/sp.crt"
# Each side needs the other's metadata first: ours does not depend on theirs.
$sp --listen "127.0.0.1:$sp_port" --base-url "$base" --print-sp-metadata >"$work/sp-metadata.xml"
echo '{}' >"$work/idp/options.json"
start_idp
$sp --listen "127.0.0.1:$sp_port" --base-url "$base" --idp-metadata "$idp_metadata" >"$work/sp.out" 2>"$work/sp.log" &
sp_pid=$!
for _ in $(seq 600); do
    grep -q '^ready ' "$work/sp.out" && break
    kill -0 "$sp_pid" 2>/dev/null || { echo "the example ended early:" >&2; cat "$work/sp.log" >&2; exit 1; }
    sleep 0.1
done
grep -q '^ready ' "$work/sp.out" || { echo "the example never said it was ready" >&2; exit 1; }

# record NAME OPTIONS [CODE [RELAXATION | 'hint TEXT']]: one login; with a code, one that must be refused with it, unless what
# is named then was relaxed, or with a hint that has this text in it.
record() {
    local name=$idp-$1 options=$2 code=${3:-} allow=${4:-} hint='' status=0
    case $allow in 'hint '*) hint=${allow#hint } allow='' ;; esac
    rm -rf "$work/captures/$name"
    printf '%s\n' "$options" >"$work/idp/options.json"
    set_options
    : >"$work/sp.log"
    python3 "$idps/common/login.py" --user "$user" --password "$password" --capture "$work/captures/$name" \
        "$base/saml/login" >"$work/$name.html" || status=$?
    if [ -z "$code" ] && [ "$status" -ne 0 ]; then
        echo "$name: the login failed:" >&2
        head -c 2000 "$work/$name.html" >&2
        tail -5 "$work/sp.log" >&2
        exit 1
    elif [ -n "$code" ] && ! grep -q "^login refused: $code " "$work/sp.log"; then
        echo "$name: should have been refused with $code:" >&2
        tail -5 "$work/sp.log" >&2
        exit 1
    fi
    python3 "$here/recording.py" --captures "$work/captures/$name" --page "$work/$name.html" --options "$options" \
        --user "$user" --code "$code" --allow "$allow" --hint "$hint" --decryption-key "$work/sp.key" \
        --sp-metadata "$work/sp-metadata.xml" --idp-metadata "$idp_metadata" --product "$product" --version "$version" \
        "$out/$name.json"
}

xenc=http://www.w3.org/2001/04/xmlenc# xenc11=http://www.w3.org/2009/xmlenc11#
dsig=http://www.w3.org/2000/09/xmldsig# dsig_more=http://www.w3.org/2001/04/xmldsig-more#
logins
echo "recorded into $out"
