# SimpleSAMLphp, on PHP's xmlseclibs. Sourced by ../both_sides.sh.
product=SimpleSAMLphp
version=$(dpkg-query -W -f '${Version}' simplesamlphp)
signed_options='{"sign": "both", "want_authn_requests_signed": true}'

start_idp() {
    "$idps/simplesamlphp/start.sh" --sp-metadata "$work/sp-metadata.xml" --port "$idp_port" --state "$work/idp"
    ! grep -q another_sp "$work/idp/options.json" || with_another_sp <"$work/sp-metadata.xml" >"$work/idp/sp-metadata.xml"
}

# Beside ours a service provider that has no logout service. The metadata of all of them is read at every request.
with_another_sp() {
    echo '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">'
    sed 's/<?xml.*?>//'
    echo '<md:EntityDescriptor entityID="urn:example:no-logout">'
    echo '<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:AssertionConsumerService index="0"'
    echo "Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"$base/elsewhere\"/></md:SPSSODescriptor>"
    echo '</md:EntityDescriptor></md:EntitiesDescriptor>'
}

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
    local name encrypt elsewhere there=/simplesaml/saml2/idp
    for name in redirect post post-encrypted-nameid; do
        encrypt=none elsewhere=''
        case $name in
            redirect) elsewhere="--elsewhere=http://127.0.0.1:$idp_port$there/SSOService.php?spentityid=urn:example:no-logout" ;;
            *nameid) encrypt=nameid ;;
        esac
        logout "$name" "{\"sign\": \"both\", \"want_logout_signed\": true, \"encrypt\": \"$encrypt\", \"another_sp\": true}" \
            "$there/SingleLogoutService.php?ReturnTo=http://127.0.0.1:$idp_port/simplesaml/logout.php" 'You have been logged out' $elsewhere
    done
}
