import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** An issuer on this machine, that can be made to fail. */
export async function startIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const other = await generateKeyPair('ES256');
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }];
  const state = { isDown: false, asked: 0 };
  const server = createServer((request, response) => {
    state.asked += 1;
    if (state.isDown) response.writeHead(500).end();
    else if (request.url?.endsWith('openid-configuration') === true)
      response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }));
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sign = (claims: object = {}, header: object = {}, key = privateKey) =>
    new SignJWT({
      sub: 'bob',
      aud: 'ecs',
      iss: issuer,
      roles: ['viewer'],
      exp: Math.floor(Date.now() / 1_000) + 600,
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
      .sign(key);
  return {
    issuer,
    state,
    sign,
    strangersKey: other.privateKey,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
