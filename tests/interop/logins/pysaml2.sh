# pysaml2, which signs and encrypts with the xmlsec1 program. Sourced by ../both_sides.sh.
[ -n "$venv" ] || { echo "pysaml2 wants --venv" >&2; exit 64; }
product=pysaml2
version=$("$venv/bin/python" -c 'from importlib.metadata import version; print(version("pysaml2"))')
signed_options='{"sign": "both", "want_authn_requests_signed": true}'

# It has no option that it wants signed requests, and takes any answer to a logout by Redirect: a copy wants them and verifies both.
start_idp() {
    local folder=$idps/pysaml2 answer='parsed = idp.parse_logout_request_response(query\["SAMLResponse"\]'
    local keys='for sp in idp.metadata.service_providers() for _, cert in idp.metadata.certs(sp, "any", "signing")'
    local verified="assert how != 'redirect' or any(sigver.verify_redirect_signature(query, idp.sec.sec_backend, cert) $keys)"
    if grep -q want_authn_requests_signed "$work/idp/options.json"; then
        rm -rf "$work/pysaml2"
        cp -r "$folder" "$work/pysaml2"
        folder=$work/pysaml2
        sed -i -e 's/"want_authn_requests_signed": False/"want_authn_requests_signed": True/' \
            -e "s/^\( *\)$answer/\1$verified\n&/" "$folder/idp.py"
    fi
    "$folder/start.sh" --sp-metadata "$work/sp-metadata.xml" --port "$idp_port" --state "$work/idp" --venv "$venv"
}

logins() {
    local key sign cipher
    for key in rsa ec; do
        for sign in assertion response both; do
            record "$key-$sign" "{\"sign\": \"$sign\", \"key\": \"$key\"}"
        done
    done
    record rsa-sha512 "{\"sign\": \"both\", \"sign_alg\": \"${dsig_more}rsa-sha512\", \"digest_alg\": \"${xenc}sha512\"}"
    record persistent '{"sign": "assertion", "nameid": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"}'
    record refused '{"sign": "response", "status": "Responder/AuthnFailed"}' status-not-success

    for cipher in "${xenc11}aes128-gcm" "${xenc11}aes256-gcm" "${xenc}aes128-cbc" "${xenc}aes256-cbc"; do
        encrypted "${cipher#*#}" "$cipher" "${xenc}rsa-oaep-mgf1p"
    done
    encrypted tripledes-cbc "${xenc}tripledes-cbc" "${xenc}rsa-oaep-mgf1p" decrypt-algorithm-refused triple-des
    encrypted rsa-1_5 "${xenc}aes128-cbc" "${xenc}rsa-1_5" decrypt-algorithm-refused rsa-1-5
    record encrypted-assertion-signed "{\"sign\": \"assertion\", \"encrypt\": true, \"data_enc\": \"${xenc11}aes256-gcm\"}"
}

# The Response is signed after the encryption: the ciphertext is proven, and CBC counts.
encrypted() {
    record "encrypted-$1" "{\"sign\": \"both\", \"encrypt\": true, \"data_enc\": \"$2\", \"key_enc\": \"$3\"}" "${@:4}"
}

chosen_by_options='redirect post soap'

logouts() {
    local binding twice
    for binding in redirect post soap; do
        twice=''
        [ "$binding" != post ] || twice=--twice
        logout "$binding" "{\"sign\": \"both\", \"want_authn_requests_signed\": true, \"logout_binding\": \"$binding\"}" /logout 'logged out at \S+|verified answer from \S+' $twice
    done
}
