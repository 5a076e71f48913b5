#!/usr/bin/env bash
# What we emit, before four judges: the OASIS schemas, pysaml2, Lasso, and for signed metadata the xmlsec1 program.
#
#   tests/interop/judge_emitted.sh --idps DIR --venv VENV --idp-state DIR EMITTED
#
# EMITTED holds what `SAML_SP_EMIT=EMITTED cargo test --test emitted --test metadata_out --test signed_requests` writes:
# sp-metadata*.xml, sp-metadata-everything.json (what stands in the document of that name), authn-request-*.xml (the messages of
# POSTs), authn-request-*.url (Redirect URLs), and signed-*.xml. --idp-state is the state folder of the pysaml2 identity provider.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
idps='' venv='' state='' emitted=''
while [ $# -gt 0 ]; do
    case $1 in
        --idps) idps=$2; shift ;;
        --venv) venv=$2; shift ;;
        --idp-state) state=$2; shift ;;
        -*) echo "unknown argument $1" >&2; exit 64 ;;
        *) emitted=$1 ;;
    esac
    shift
done
[ -n "$idps" ] && [ -n "$venv" ] && [ -n "$state" ] && [ -n "$emitted" ] || { sed -n 4p "$0" >&2; exit 64; }

shopt -s nullglob
metadata=("$emitted"/sp-metadata*.xml)
messages=("$emitted"/authn-request-*.xml)
urls=("$emitted"/authn-request-*.url)
signed=("$emitted"/signed-*.xml)
[ ${#metadata[@]} -gt 0 ] && [ ${#messages[@]} -gt 0 ] && [ ${#urls[@]} -gt 0 ] && [ ${#signed[@]} -gt 0 ] || { echo "nothing to judge in $emitted" >&2; exit 1; }

# The schemas see the messages inside the Redirect URLs too.
unpacked=()
for url in "${urls[@]}"; do
    xml=$emitted/unpacked-$(basename "$url").xml
    python3 - "$url" >"$xml" <<'PY'
import base64, sys, urllib.parse, zlib
query = urllib.parse.urlsplit(open(sys.argv[1], encoding="utf-8").read().strip()).query
sys.stdout.buffer.write(zlib.decompress(base64.b64decode(dict(urllib.parse.parse_qsl(query))["SAMLRequest"]), -15))
PY
    unpacked+=("$xml")
done
# quietly COMMAND…: without a line for each of a thousand documents, unless one is invalid.
quietly() {
    "$@" >"$emitted/schemas.log" 2>&1 || { grep -v ' validates$' "$emitted/schemas.log" >&2; return 1; }
}
export XML_CATALOG_FILES=$idps/check/xsd-catalog.xml
quietly "$idps/check/xsd.sh" metadata "${metadata[@]}"
quietly xmllint --nonet --noout --schema "$here/metadata_with_extensions.xsd" "${metadata[@]}"
quietly "$idps/check/xsd.sh" protocol "${messages[@]}" "${unpacked[@]}" "${signed[@]}"

"$venv/bin/python" "$here/judge_metadata.py" read "$emitted/sp-metadata-everything.json" "$emitted/sp-metadata-everything.xml"
"$venv/bin/python" "$here/judge_metadata.py" verify "$emitted"/sp-metadata-signed-*.xml

for judge in "$venv/bin/python" /usr/bin/python3; do
    name=lasso
    [ "$judge" = /usr/bin/python3 ] || name=pysaml2
    "$judge" "$here/judge_unsigned.py" "$name" --sp-metadata "$emitted/sp-metadata.xml" --idp-state "$state" "${messages[@]}" "${urls[@]}"
done
/usr/bin/python3 "$here/judge_signed_by_lasso.py" --idp-state "$state" "$emitted/by-lasso"
echo "judged: ${#metadata[@]} metadata documents, ${#messages[@]} messages, ${#signed[@]} signed ones, ${#urls[@]} URLs"
