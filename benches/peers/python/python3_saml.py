"""python3-saml, strict, with assertions that must be signed. Its settings are made once, for all requests."""
from urllib.parse import urlsplit

from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from worker import Message

message = Message()
acs = urlsplit(message.acs)
settings = OneLogin_Saml2_Settings({
    "strict": True,
    "sp": {"entityId": message.sp, "assertionConsumerService": {"url": message.acs}},
    "idp": {
        "entityId": message.idp,
        "singleSignOnService": {"url": "https://idp.test/sso"},
        "x509cert": message.certificate,
    },
    "security": {"wantAssertionsSigned": True},
})


def validate(form):
    request = {
        "https": "on",
        "http_host": acs.netloc,
        "script_name": acs.path,
        "get_data": {},
        "post_data": {"SAMLResponse": form},
    }
    auth = OneLogin_Saml2_Auth(request, settings)
    auth.process_response()
    if auth.get_errors() or not auth.is_authenticated():
        raise ValueError(auth.get_last_error_reason())
    return auth.get_nameid()


message.serve(validate)
