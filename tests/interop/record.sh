#!/usr/bin/env bash
# Logs in at a real identity provider through the axum_login example, and records each login as one JSON file.
#
#   tests/interop/record.sh --idp NAME --idps DIR [--venv VENV] [--work DIR] [--sp COMMAND] OUT
#
# The options are those of both_sides.sh. OUT is where the recordings go, one <name>.json each; tests/interop/recorded for the stored
# ones. They hold public keys, messages and a test user's attributes; those of encrypted answers also the private key that was made
# to open them. Needs openssl, and xmlsec1 to read what was encrypted.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
. "$here/both_sides.sh"
out=${rest[0]:?where do the recordings go?}
mkdir -p "$out"

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
    elif [ -n "$code" ] && ! grep -q "^refused: $code " "$work/sp.log"; then
        echo "$name: should have been refused with $code:" >&2
        tail -5 "$work/sp.log" >&2
        exit 1
    fi
    python3 "$here/recording.py" --captures "$work/captures/$name" --page "$work/$name.html" --options "$options" \
        --user "$user" --code "$code" --allow "$allow" --hint "$hint" --decryption-key "$work/decryption.key" \
        --sp-metadata "$work/sp-metadata.xml" --idp-metadata "$idp_metadata" --product "$product" --version "$version" \
        "$out/$name.json"
}

start '{}'
logins
echo "recorded into $out"
