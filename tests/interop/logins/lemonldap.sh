# LemonLDAP::NG, on Lasso and libxmlsec1. Sourced by ../both_sides.sh.
product='LemonLDAP::NG'
version="$(dpkg-query -W -f '${Version}' lemonldap-ng), Lasso $(dpkg-query -W -f '${Version}' liblasso-perl)"
user=dwho password=dwho
# It wants signed requests unless told otherwise, and so it does here.
signed_options='{"sign": "both"}'

start_idp() { "$idps/lemonldap/start.sh" --sp-metadata "$work/sp-metadata.xml" --port "$idp_port" --state "$work/idp"; }

# It reads its options when it starts.
set_options() {
    stop_idp
    start_idp
}

logins() {
    record rsa-sha1 "{\"sign\": \"none\", \"signature_method\": \"RSA_SHA1\"}" sha1-refused sha1
    record assertion "{\"sign\": \"none\", \"signature_method\": \"RSA_SHA256\"}"
    record rsa-sha384 "{\"sign\": \"both\", \"signature_method\": \"RSA_SHA384\"}"
    record rsa-sha512 "{\"sign\": \"both\", \"signature_method\": \"RSA_SHA512\"}"
    # A persistent NameID for which it was not allowed to create a value.
    record persistent '{"sign": "both", "nameid": "persistent"}' message-bad-value
    record encrypted "{\"sign\": \"both\", \"encrypt\": \"assertion\", \"signature_method\": \"RSA_SHA256\"}"
}

# Its page says that all is well whatever our answer is, but its log knows.
logouts() {
    local binding
    for binding in redirect post soap; do
        logout "$binding" '{"sign": "both"}' '/?logout=1' 'icons/ok.png' --complaint "$work/idp/log/server.log" 'Could not verify signature.*'
    done
}
