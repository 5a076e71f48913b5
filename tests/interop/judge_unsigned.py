#!/usr/bin/env python3
"""Two judges for the unsigned AuthnRequests that we emit.

  judge_unsigned.py pysaml2 --sp-metadata FILE --idp-state DIR REQUEST…    (a python with pysaml2)
  judge_unsigned.py lasso   --sp-metadata FILE --idp-state DIR REQUEST…    (Debian's python3 with python3-lasso)

REQUEST is NAME.url, one line with a Redirect URL, or NAME.xml, the message of a POST. --idp-state holds an identity
provider's idp-metadata.xml, idp-rsa.key and idp-rsa.crt. Prints what was understood; exit status 1 when one is refused.
The judges beside the identity providers require signatures; these take what an unsigned request says.
"""
import argparse
import base64
import os
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree
import zlib


def read(path):
    """(binding, query, value as it travels, XML) of one emitted request."""
    with open(path, "rb") as file:
        content = file.read()
    if path.endswith(".url"):
        url = urllib.parse.urlsplit(content.decode().strip())
        value = dict(urllib.parse.parse_qsl(url.query, strict_parsing=True))["SAMLRequest"]
        return "redirect", url.query, value, zlib.decompress(base64.b64decode(value), -15)
    return "post", None, base64.b64encode(content).decode(), content


def root(message):
    return ElementTree.fromstring(message)


def pysaml2(args):
    from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, config, server, sigver
    for path in args.requests:
        how, _, value, xml = read(path)
        where = root(xml).get("Destination")
        conf = config.IdPConfig()
        conf.load({
            "entityid": "urn:example:judge",
            "service": {"idp": {"endpoints": {"single_sign_on_service": [(where, b) for b in (BINDING_HTTP_REDIRECT, BINDING_HTTP_POST)]},
                                "want_authn_requests_signed": False}},
            "metadata": {"local": [args.sp_metadata]},
            "key_file": os.path.join(args.idp_state, "idp-rsa.key"), "cert_file": os.path.join(args.idp_state, "idp-rsa.crt"),
            "xmlsec_binary": sigver.get_xmlsec_binary(["/usr/bin", "/usr/local/bin"]),
        })
        idp = server.Server(config=conf)
        if path == args.requests[0]:
            # The judge beside the identity providers also asks for a logout endpoint, which is optional in metadata.
            for entity in idp.metadata.keys():
                services = idp.metadata.service(entity, "spsso_descriptor", "assertion_consumer_service")
                print(f"pysaml2 accepts the metadata of {entity}: {[s['location'] for b in services.values() for s in b]}")
        request = idp.parse_authn_request(value, BINDING_HTTP_POST if how == "post" else BINDING_HTTP_REDIRECT)
        message = request.message
        answer = idp.response_args(message)
        assert answer["in_response_to"] == root(xml).get("ID")
        assert answer["destination"] == message.assertion_consumer_service_url, "the answer would go elsewhere"
        context = message.requested_authn_context
        print(f"pysaml2 accepts {os.path.basename(path)}: {message.id} from {message.issuer.text}, answer to {answer['destination']},"
              f" force={message.force_authn} passive={message.is_passive}"
              f" name_id_policy={message.name_id_policy.format if message.name_id_policy else None}"
              f" context={[c.text for c in context.authn_context_class_ref] if context else None}")


def judge_lasso(args):
    import lasso
    for path in args.requests:
        how, query, value, xml = read(path)
        judge = lasso.Server(os.path.join(args.idp_state, "idp-metadata.xml"), os.path.join(args.idp_state, "idp-rsa.key"), None, None)
        judge.addProvider(lasso.PROVIDER_ROLE_SP, args.sp_metadata)
        login = lasso.Login(judge)
        login.processAuthnRequestMsg(query if how == "redirect" else value)
        request = login.request
        # Lasso makes the answer too: the request must be one that it can answer.
        login.validateRequestMsg(True, True)
        login.buildAssertion(lasso.SAML2_AUTHN_CONTEXT_PASSWORD_PROTECTED_TRANSPORT, None, None, None, None)
        login.buildAuthnResponseMsg()
        wanted = root(xml).get("AssertionConsumerServiceURL")
        assert wanted is None or login.msgUrl == wanted, f"the answer would go to {login.msgUrl}, not to {wanted}"
        print(f"lasso accepts {os.path.basename(path)}: {request.iD} from {request.issuer.content}, answer to {login.msgUrl},"
              f" force={request.forceAuthn} passive={request.isPassive}")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("judge", choices=["pysaml2", "lasso"])
    ap.add_argument("--sp-metadata", required=True)
    ap.add_argument("--idp-state", required=True)
    ap.add_argument("requests", nargs="+")
    args = ap.parse_args()
    try:
        {"pysaml2": pysaml2, "lasso": judge_lasso}[args.judge](args)
    except Exception as error:  # a judge's refusal is any of its own exceptions
        print(f"{args.judge} refuses: {type(error).__name__}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
