# samlify, which signs with xml-crypto and encrypts with a fork of xml-encryption. Sourced by ../both_sides.sh.
product=samlify
version=$(node -p "require('$idps/node/node_modules/samlify/package.json').version")
idp_metadata=$work/idp/idp-metadata-samlify.xml

# What it signs goes by WantAssertionsSigned in our metadata: the test provider writes there what its options say.
# It takes any answer to a logout: a copy verifies it.
start_idp() {
    local answer='if (req.query.SAMLResponse) ' octets="req.originalUrl.split('?')[1].split('\\&Signature=')[0]"
    local verified="await idp.parseLogoutResponse(peer, 'redirect', { query: req.query, octetString: $octets });"
    mkdir -p "$work/node"
    ln -sfn "$(cd "$idps/node" && pwd)/node_modules" "$work/node/node_modules"
    cp "$idps/node/start.sh" "$work/node"
    sed "s/${answer}return/$answer$verified\n    &/" "$idps/node/idp.js" >"$work/node/idp.js"
    sed 's/<md:SPSSODescriptor /&WantAssertionsSigned="false" /' "$work/sp-metadata.xml" >"$work/sp-metadata-samlify.xml"
    NODE_IDP=$(cd "$work/node" && pwd) NODE_OPTIONS="--require $here/logins/samlify_statement.js" \
        "$work/node/start.sh" --sp-metadata "$work/sp-metadata-samlify.xml" --port "$idp_port" --state "$work/idp"
}

logins() {
    local order='"encrypt": true, "order": "encrypt-then-sign"' oaep=${xenc}rsa-oaep-mgf1p
    record rsa-sha512 '{"sign": "response", "sign_alg": "rsa-sha512", "digest": "sha512"}'
    record encrypted-aes256-gcm "{\"sign\": \"both\", $order, \"data_enc\": \"${xenc11}aes256-gcm\", \"key_enc\": \"$oaep\"}"
    record encrypted-aes128-cbc "{\"sign\": \"response\", $order, \"data_enc\": \"${xenc}aes128-cbc\", \"key_enc\": \"$oaep\"}"
    record encrypted-tripledes-cbc "{\"sign\": \"both\", $order, \"data_enc\": \"${xenc}tripledes-cbc\", \"key_enc\": \"$oaep\"}" \
        decrypt-algorithm-refused triple-des
    record encrypted-rsa-1_5 "{\"sign\": \"both\", $order, \"data_enc\": \"${xenc11}aes256-gcm\", \"key_enc\": \"${xenc}rsa-1_5\"}" \
        decrypt-algorithm-refused rsa-1-5
    # Its default order. With the Assertion's signature alone nothing is broken; the Response's does not survive.
    record sign-then-encrypt-assertion "{\"sign\": \"assertion\", \"encrypt\": true, \"data_enc\": \"${xenc11}aes256-gcm\"}"
    record sign-then-encrypt-both "{\"sign\": \"both\", \"encrypt\": true, \"data_enc\": \"${xenc11}aes256-gcm\"}" \
        digest-mismatch "hint encryptThenSign"
}

logouts() { logout redirect '{"sign": "both"}' '/samlify/logout?index={index}' 'logged out' --forgetful; }
