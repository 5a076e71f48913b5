// @node-saml/node-saml, with assertions that must be signed and responses that need not be.
const { SAML } = require('@node-saml/node-saml');
const { message, serve } = require('./worker.js');

const saml = new SAML({
  issuer: message.sp,
  audience: message.sp,
  callbackUrl: message.acs,
  idpIssuer: message.idp,
  entryPoint: 'https://idp.test/sso',
  idpCert: message.certificate,
  wantAssertionsSigned: true,
  wantAuthnResponseSigned: false,
});

serve(async (form) => (await saml.validatePostResponseAsync({ SAMLResponse: form })).profile.nameID);
