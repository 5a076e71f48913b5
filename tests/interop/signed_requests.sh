#!/usr/bin/env bash
# A real identity provider that verifies our signed requests: what axum_login sends leads to a login, what was altered does not.
#
#   tests/interop/signed_requests.sh --idp NAME --idps DIR [--venv VENV] [--work DIR] [--sp COMMAND]
#
# The options are those of both_sides.sh. By Redirect and by POST, before and after a rollover of our key. Needs openssl and xmlsec1, to sign with another key.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
. "$here/both_sides.sh"
[ -n "$signed_options" ] || { echo "$idp does not verify requests" >&2; exit 64; }

# Our metadata says that all our requests are signed: what SimpleSAMLphp goes by, over its own setting.
sp="$sp --always-sign-requests"
make_key next
make_key foreign

# In the middle of a rollover: with two keys to verify with, the one that comes into use next before the other.
our_metadata() {
    $(sp_with next) --print-sp-metadata >"$work/next.xml"
    $(sp_with signing) --print-sp-metadata >"$work/signing.xml"
    python3 - "$work/next.xml" "$work/signing.xml" <<'PY'
import re, sys
one, other = (open(path, encoding="utf-8").read() for path in sys.argv[1:])
key = re.compile(r'<md:KeyDescriptor use="signing">.*?</md:KeyDescriptor>', re.S)
[first] = key.findall(one)
[second] = key.findall(other)
assert first != second
print(other.replace(second, first + second))
PY
}

start "$signed_options"
grep -Eq 'WantAuthnRequestsSigned="(true|1)"' "$idp_metadata" || { echo "its metadata does not want signed requests" >&2; exit 1; }
python3 "$idps/common/login.py" --user "$user" --password "$password" "$base/saml/login" >"$work/page.html"
grep -q "$user" "$work/page.html" || { echo "the page does not say who is signed in" >&2; exit 1; }
echo "ok  a login from end to end"

# With the Redirect endpoint gone from its metadata our requests go by POST.
python3 - "$idp_metadata" "$work/idp-post.xml" <<'PY'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
by_post = re.sub(r"<(\w+:)?SingleSignOnService\b[^>]*HTTP-Redirect[^>]*/>", "", text)
assert by_post != text and "HTTP-POST" in by_post
open(sys.argv[2], "w", encoding="utf-8").write(by_post)
PY
for key in signing next; do
    for binding in redirect post; do
        stop_sp
        case $binding in
            redirect) start_sp "$key" ;;
            post) start_sp "$key" "$work/idp-post.xml" ;;
        esac
        echo "by the key $key:"
        python3 "$here/signed_requests.py" --browser "$idps/common/login.py" --user "$user" --password "$password" --binding "$binding" \
            --own-key "$work/$key.key" --foreign-key "$work/foreign.key" "$base/saml/login"
    done
done
