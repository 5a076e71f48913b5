# SimpleSAMLphp, on PHP's xmlseclibs. Sourced by ../both_sides.sh.
product=SimpleSAMLphp
version=$(dpkg-query -W -f '${Version}' simplesamlphp)
signed_options='{"sign": "both", "want_authn_requests_signed": true}'

start_idp() { "$idps/simplesamlphp/start.sh" --sp-metadata "$work/sp-metadata.xml" --port "$idp_port" --state "$work/idp"; }

logins() {
    record both '{"sign": "both"}'
    record response-rsa-sha384 "{\"sign\": \"response\", \"signature_algorithm\": \"${dsig_more}rsa-sha384\"}"
    record assertion-rsa-sha512 "{\"sign\": \"assertion\", \"signature_algorithm\": \"${dsig_more}rsa-sha512\"}"
    # It encrypts by CBC, for us to open under the signature of the Response, or of the Assertion that has the NameID inside.
    record encrypted-assertion '{"sign": "both", "encrypt": "assertion"}'
    record encrypted-assertion-unsigned '{"sign": "assertion", "encrypt": "assertion"}' decrypt-unauthenticated-cbc unauthenticated-cbc
    record encrypted-nameid '{"sign": "assertion", "encrypt": "nameid"}'
    record encrypted-nameid-response '{"sign": "response", "encrypt": "nameid"}'
}

logouts() {
    local name encrypt there=/simplesaml/saml2/idp/SingleLogoutService.php
    for name in redirect post post-encrypted-nameid; do
        case $name in *nameid) encrypt=nameid ;; *) encrypt=none ;; esac
        logout "$name" "{\"sign\": \"both\", \"want_logout_signed\": true, \"encrypt\": \"$encrypt\"}" \
            "$there?ReturnTo=http://127.0.0.1:$idp_port/simplesaml/logout.php" 'You have been logged out'
    done
}
