#!/usr/bin/env bash
# Logs in at a real identity provider through the axum_login example, and records each login as one JSON file.
#
#   tests/interop/record.sh --idps DIR --venv VENV [--work DIR] [--sp COMMAND] OUT
#
#   --idps  the folder with the test identity providers (pysaml2/start.sh, common/login.py)
#   --venv  a virtual environment with pysaml2 in it (pysaml2/install.sh VENV)
#   --work  where state and captures go (a temporary folder, removed at the end)
#   --sp    the service provider (cargo run --quiet --locked --example axum_login --)
#   OUT     where the recordings go, one <name>.json each; tests/interop/recorded for the stored ones
#
# Loopback only. The recordings hold public keys, messages and a test user's attributes; those of encrypted answers also the private
# key that was made to open them. Needs openssl, and xmlsec1 to read what was encrypted.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
idps='' venv='' work='' out='' sp='cargo run --quiet --locked --example axum_login --'
while [ $# -gt 0 ]; do
    case $1 in
        --idps) idps=$2; shift ;;
        --venv) venv=$2; shift ;;
        --work) work=$2; shift ;;
        --sp) sp=$2; shift ;;
        -*) echo "unknown argument $1" >&2; exit 64 ;;
        *) out=$1 ;;
    esac
    shift
done
[ -n "$idps" ] && [ -n "$venv" ] && [ -n "$out" ] || { sed -n 4,10p "$0" >&2; exit 64; }
sp_port=${SP_PORT:-3917} idp_port=${IDP_PORT:-8593}
base=http://127.0.0.1:$sp_port

started=()
temporary=''
[ -n "$work" ] || { work=$(mktemp -d); temporary=$work; }
clean_up() {
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    [ -z "$temporary" ] || rm -rf "$temporary"
}
trap clean_up EXIT
mkdir -p "$work" "$out"

openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=test service provider" \
    -keyout "$work/sp.key" -out "$work/sp.crt" 2>"$work/openssl.log"
sp="$sp --decryption-key $work/sp.key --encryption-certificate $work/sp.crt"
# Each side needs the other's metadata first: ours does not depend on theirs.
$sp --listen "127.0.0.1:$sp_port" --base-url "$base" --print-sp-metadata >"$work/sp-metadata.xml"
"$idps/pysaml2/start.sh" --sp-metadata "$work/sp-metadata.xml" --port "$idp_port" --state "$work/idp" --venv "$venv"
started+=("$(cat "$work/idp/pid")")
$sp --listen "127.0.0.1:$sp_port" --base-url "$base" --idp-metadata "$work/idp/idp-metadata.xml" \
    >"$work/sp.out" 2>"$work/sp.log" &
started+=($!)
for _ in $(seq 600); do
    grep -q '^ready ' "$work/sp.out" && break
    kill -0 "${started[-1]}" 2>/dev/null || { echo "the example ended early:" >&2; cat "$work/sp.log" >&2; exit 1; }
    sleep 0.1
done
grep -q '^ready ' "$work/sp.out" || { echo "the example never said it was ready" >&2; exit 1; }

# record NAME OPTIONS [EXPECTED CODE [RELAXATION]]: one login; with a code, one that must be refused with it, unless what is
# named then was relaxed.
record() {
    local name=$1 options=$2 code=${3:-} allow=${4:-} status=0
    rm -rf "$work/captures/$name"
    printf '%s\n' "$options" >"$work/idp/options.json"
    python3 "$idps/common/login.py" --user alice --password alice-password --capture "$work/captures/$name" \
        "$base/saml/login" >"$work/$name.html" || status=$?
    if [ -z "$code" ] && [ "$status" -ne 0 ]; then
        echo "$name: the login failed:" >&2
        cat "$work/$name.html" >&2
        tail -5 "$work/sp.log" >&2
        exit 1
    elif [ -n "$code" ] && [ "$status" -eq 0 ]; then
        echo "$name: should have been refused with $code" >&2
        exit 1
    fi
    python3 "$here/recording.py" --captures "$work/captures/$name" --page "$work/$name.html" --options "$options" --code "$code" --allow "$allow" \
        --decryption-key "$work/sp.key" \
        --sp-metadata "$work/sp-metadata.xml" --idp-metadata "$work/idp/idp-metadata.xml" \
        --product pysaml2 --version "$("$venv/bin/python" -c 'from importlib.metadata import version; print(version("pysaml2"))')" \
        "$out/$name.json"
}

for key in rsa ec; do
    for sign in assertion response both; do
        record "pysaml2-$key-$sign" "{\"sign\": \"$sign\", \"key\": \"$key\"}"
    done
done
sha512=http://www.w3.org/2001/04/xmlenc#sha512
record pysaml2-rsa-sha512 "{\"sign\": \"both\", \"sign_alg\": \"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512\", \"digest_alg\": \"$sha512\"}"
record pysaml2-persistent '{"sign": "assertion", "nameid": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"}'
record pysaml2-refused '{"sign": "response", "status": "Responder/AuthnFailed"}' status-not-success

# The Response is signed after the encryption: the ciphertext is proven, and CBC counts.
encrypted() {
    record "pysaml2-encrypted-$1" "{\"sign\": \"both\", \"encrypt\": true, \"data_enc\": \"$2\", \"key_enc\": \"$3\"}" "${@:4}"
}
xenc=http://www.w3.org/2001/04/xmlenc# xenc11=http://www.w3.org/2009/xmlenc11#
for cipher in "${xenc11}aes128-gcm" "${xenc11}aes256-gcm" "${xenc}aes128-cbc" "${xenc}aes256-cbc"; do
    encrypted "${cipher#*#}" "$cipher" "${xenc}rsa-oaep-mgf1p"
done
encrypted tripledes-cbc "${xenc}tripledes-cbc" "${xenc}rsa-oaep-mgf1p" decrypt-algorithm-refused triple-des
encrypted rsa-1_5 "${xenc}aes128-cbc" "${xenc}rsa-1_5" decrypt-algorithm-refused rsa-1-5
record pysaml2-encrypted-assertion-signed "{\"sign\": \"assertion\", \"encrypt\": true, \"data_enc\": \"${xenc11}aes256-gcm\"}"
echo "recorded into $out"
