// samlify. It does nothing before a schema validator is set; this one checks nothing, so that only samlify is timed.
const samlify = require('samlify');
const { message, serve } = require('./worker.js');

samlify.setSchemaValidator({ validate: async () => 'not validated' });
const idp = samlify.IdentityProvider({ metadata: message.metadata });
const sp = samlify.ServiceProvider({
  entityID: message.sp,
  wantAssertionsSigned: true,
  assertionConsumerService: [{ Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST', Location: message.acs }],
});

serve(async (form) => (await sp.parseLoginResponse(idp, 'post', { body: { SAMLResponse: form } })).extract.nameID);
