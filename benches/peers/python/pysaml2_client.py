"""pysaml2 with its default cryptography, the program xmlsec1. Its client is made once."""
import tempfile
from pathlib import Path

from saml2 import BINDING_HTTP_POST
from saml2.client import Saml2Client
from saml2.config import SPConfig
from worker import Message

message = Message()
with tempfile.TemporaryDirectory() as folder:
    metadata = Path(folder) / "metadata.xml"
    metadata.write_text(message.metadata)
    client = Saml2Client(SPConfig().load({
        "entityid": message.sp,
        "service": {"sp": {
            "endpoints": {"assertion_consumer_service": [(message.acs, BINDING_HTTP_POST)]},
            "allow_unsolicited": True,
            "want_assertions_signed": True,
            "want_response_signed": False,
        }},
        "metadata": {"local": [str(metadata)]},
    }))


def validate(form):
    return client.parse_authn_request_response(form, BINDING_HTTP_POST).get_subject().text


message.serve(validate)
