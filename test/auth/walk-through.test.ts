import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { guardedSchema } from '../policy/support/policy-world.ts';
import { createWorld } from '../support/gateway/world.ts';
import { startIssuer } from '../support/programs/local-issuer.ts';

const text = readFileSync('docs/security.md', 'utf8');
const section = text.slice(text.indexOf('### OpenID Connect'), text.indexOf("### What a token's end ends"));
const command = /```sh\n([\s\S]*?)```/.exec(section)?.[1]?.replaceAll('\\\n', ' ') ?? '';

/** The options of the documented command as settings. */
function settingsOf(issuer: string): Record<string, string> {
  const flags = [...command.matchAll(/--(oidc-[a-z-]+) (\S+)/g)].map(([, name = '', value = '']) => [
    name.toUpperCase().replaceAll('-', '_'),
    value,
  ]);
  return { ...Object.fromEntries(flags), OIDC_ISSUER: issuer };
}

it('the OIDC walk-through works against an issuer on this machine', async () => {
  await using issuer = await startIssuer();
  const settings = settingsOf(issuer.issuer);
  expect(settings).toMatchObject({ OIDC_AUDIENCE: 'ecs-graphql', OIDC_ROLES_CLAIM: 'realm_access.roles' });
  const world = await createWorld(
    { seed: 'demo' },
    { ...settings, POLICIES: 'roles', OIDC_TOKEN_TYPE: 'at+jwt' },
    { schema: guardedSchema() },
  );
  const ask = async (claims: object, typ = 'at+jwt') => {
    const token = await issuer.sign({ aud: 'ecs-graphql', roles: undefined, ...claims }, { typ });
    const query =
      '{ viewer { principal roles denied(action: UPDATE_SERVICE) { action } } server { secretsShown } clusters { nodes { id } } }';
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const body = JSON.stringify({ query });
    const response = await world.app.fetch(new Request('http://127.0.0.1/graphql', { method: 'POST', headers, body }));
    return { status: response.status, ...((await response.json()) as { data?: object; errors?: object[] }) };
  };
  const oncall = await ask({ realm_access: { roles: ['ecs-oncall', 'unknown'] } });
  expect(oncall).toMatchObject({
    status: 200,
    data: { viewer: { principal: `${issuer.issuer}#bob`, roles: ['operator'] }, server: { secretsShown: false } },
  });
  expect(oncall.errors).toBeUndefined();
  const viewer = await ask({ realm_access: { roles: ['ecs-viewers'] } });
  expect(viewer).toMatchObject({ data: { viewer: { roles: ['viewer'], denied: { action: 'UPDATE_SERVICE' } } } });
  // A role that the map lacks allows nothing, and an ID token or another audience opens nothing.
  expect(await ask({ realm_access: { roles: ['admin'] } })).toMatchObject({
    data: { clusters: null, viewer: { roles: [] } },
  });
  expect((await ask({ realm_access: { roles: ['ecs-oncall'] } }, 'JWT')).status).toBe(401);
  expect((await ask({ aud: 'another', realm_access: { roles: ['ecs-oncall'] } })).status).toBe(401);
  await world.dispose();
});
