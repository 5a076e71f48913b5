# Auth0's samlp, which signs with xml-crypto and encrypts with xml-encryption. Sourced by ../both_sides.sh.
product=samlp
version=$(node -p "require('$idps/node/node_modules/samlp/package.json').version")
idp_metadata=$work/idp/idp-metadata-samlp.xml

start_idp() { "$idps/node/start.sh" --sp-metadata "$work/sp-metadata.xml" --port "$idp_port" --state "$work/idp"; }

logins() {
    record both '{"sign": "both"}'
    # Its Response's signature covers the ciphertext, so CBC counts under it, and not without.
    record encrypted-aes128-gcm "{\"sign\": \"assertion\", \"encrypt\": true, \"data_enc\": \"${xenc11}aes128-gcm\"}"
    record encrypted-aes256-cbc "{\"sign\": \"both\", \"encrypt\": true, \"data_enc\": \"${xenc}aes256-cbc\"}"
    record encrypted-unsigned-aes256-cbc "{\"sign\": \"assertion\", \"encrypt\": true, \"data_enc\": \"${xenc}aes256-cbc\"}" \
        decrypt-unauthenticated-cbc unauthenticated-cbc
}
