// SPDX-License-Identifier: Apache-2.0
// A certified OpenID provider (npm oidc-provider) as the issuer of ./dev run and the tests. Prints its URL, then serves
// until its standard input closes. Each argument is a client: NAME=SECRET[:claim=value,claim=value...]; a client gets
// a signed access token for the audience `strait` by the client_credentials grant, with those claims in it.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const clients = process.argv.slice(2).map((argument) => {
  const [, id, secret, claims = ''] = argument.match(/^([^=]+)=([^:]+)(?::(.*))?$/);
  return { id, secret, claims: Object.fromEntries(claims.split(',').filter(Boolean).map((pair) => pair.split('='))) };
});

const listClaims = new Set(['groups']);
const extra = Object.fromEntries(clients.map(({ id, claims }) => [id, Object.fromEntries(
  Object.entries(claims).map(([name, value]) => [name, listClaims.has(name) ? value.split('+') : value]))]));

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(url, {
    clients: clients.map(({ id, secret }) => ({
      client_id: id, client_secret: secret, grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
    })),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:strait',
        getResourceServerInfo: () => ({
          audience: 'strait', scope: '', accessTokenFormat: 'jwt', accessTokenTTL: 3600, jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    extraTokenClaims: (context, token) => extra[token.clientId],
    ttl: { ClientCredentials: 3600 },
  });
  server.on('request', provider.callback());
  console.log(url);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
