'use strict';
// Loaded before the identity provider (node --require). samlify escapes every value that fills a template, and with it the
// AuthnStatement, which then is text in the Assertion. This lets it stand as the element that it was meant to be.
const samlify = require(`${process.env.NODE_IDP}/node_modules/samlify`);
const fill = samlify.SamlLib.replaceTagsByValue;
samlify.SamlLib.replaceTagsByValue = (template, { AuthnStatement, ...values }) =>
  AuthnStatement ? fill(template.replace('{AuthnStatement}', () => AuthnStatement), values) : fill(template, { AuthnStatement, ...values });
