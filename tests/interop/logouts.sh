#!/usr/bin/env bash
# Single logout with a real identity provider, through the axum_login example: by each binding that it has, from either side, and each
# message that it sends as a JSON file.
#
#   tests/interop/logouts.sh --idp NAME --idps DIR [--venv VENV] [--work DIR] [--sp COMMAND] OUT
#
# The options are those of both_sides.sh. OUT is where the messages go; tests/interop/logouts for the stored ones. Needs openssl, and xmlsec1
# to read what was encrypted.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
. "$here/both_sides.sh"
out=${rest[0]:?where do the messages go?}
mkdir -p "$out"
our_sp=$sp failed=0
rm -f "$work"/*.key

# The same keys for every binding.
make_key() {
    [ -f "$work/$1.key" ] || openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=test service provider, $1" \
        -keyout "$work/$1.key" -out "$work/$1.crt" 2>"$work/openssl.log"
}

# logout NAME OPTIONS URL SATISFIED [FLAG…]: both directions, by the binding that NAME begins with. URL begins a logout there; what it
# shows when it has taken our answer matches SATISFIED. The flags are those of logouts.py.
logout() {
    local name=$1 binding=${1%%-*} options=$2 url=http://127.0.0.1:$idp_port$3 satisfied=$4
    shift 4
    stop_sp
    # Each side is told of this binding alone, and so uses it; but for an identity provider whose options choose.
    sp=$our_sp$(printf ' --slo-binding %s' ${chosen_by_options:-$binding}) listen_port=$sp_port
    # And nothing is seen of a call by SOAP but from a place between.
    [ "$binding" != soap ] || listen_port=$((sp_port + 1))
    if [ -n "$chosen_by_options" ] && [ -f "$work/idp/pid" ]; then
        printf '%s\n' "$options" >"$work/idp/options.json"
    else
        stop_idp
        start "$options"
        stop_sp
    fi
    only "$binding" <"$idp_metadata" >"$work/idp-$binding.xml"
    start_sp signing "$work/idp-$binding.xml"
    python3 "$here/logouts.py" --browser "$idps/common/login.py" --user "$user" --password "$password" --binding "$binding" --base "$base" \
        --log "$work/sp.log" --sp-metadata "$work/sp-metadata.xml" --idp-metadata "$work/idp-$binding.xml" --idp-logout "$url" \
        --satisfied "$satisfied" --behind "127.0.0.1:$listen_port" --call 'cargo test --quiet --locked --test interop a_recorded_session' \
        --keys "$work" --name "$idp-$name" --product "$product" --version "$version" "$@" "$out" || failed=1
}

# only BINDING: metadata without the other bindings' logout services.
only() {
    python3 -c '
import re, sys
binding = {"redirect": "HTTP-Redirect", "post": "HTTP-POST", "soap": "SOAP"}[sys.argv[1]]
service = re.compile(r"<(?:\w+:)?SingleLogoutService\b[^>]*/>")
print(service.sub(lambda found: found.group() if f":bindings:{binding}\"" in found.group() else "", sys.stdin.read()))
' "$1"
}

logouts
[ "$failed" -eq 0 ] || { echo "$idp: a logout did not end as it should" >&2; exit 1; }
