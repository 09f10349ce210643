import { type JWTPayload, SignJWT } from 'jose';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { KeysUnavailableError } from '../../src/auth/authenticator.ts';
import { createJwtVerifier, type JwtSettings, rolesIn } from '../../src/auth/jwt-verifier.ts';
import { startTestApp } from '../support/gateway/test-app.ts';
import { startIssuer } from '../support/programs/local-issuer.ts';

function settingsOf(issuer: string, more: Partial<JwtSettings> = {}): JwtSettings {
  return {
    issuer,
    audience: ['ecs'],
    jwksUrl: undefined,
    rolesClaim: 'roles',
    roleMap: [],
    clockSkewMs: 5_000,
    tokenType: undefined,
    ...more,
  };
}

const log = pino({ level: 'silent' });
afterEach(() => void vi.useRealTimers());

describe('a JWT', () => {
  it('is let in with the name and the roles of its claims, and verified once', async () => {
    await using issuer = await startIssuer();
    const { verify, keysAge } = createJwtVerifier(settingsOf(issuer.issuer), log);
    const token = await issuer.sign();
    const identity = await verify(token);
    expect(identity?.principal).toEqual({ name: `${issuer.issuer}#bob`, roles: ['viewer'] });
    const { asked } = issuer.state;
    expect(await verify(token)).toBe(identity);
    expect(issuer.state.asked).toBe(asked);
    expect(keysAge()).toBeGreaterThanOrEqual(0);
  });

  it('is refused where a claim or its signature is wrong', async () => {
    await using issuer = await startIssuer();
    const { verify } = createJwtVerifier(settingsOf(issuer.issuer, { tokenType: 'at+jwt' }), log);
    const now = Math.floor(Date.now() / 1_000);
    const typ = { typ: 'at+jwt' };
    expect((await verify(await issuer.sign({}, typ)))?.principal.name).toBe(`${issuer.issuer}#bob`);
    const wrong = {
      'other audience': await issuer.sign({ aud: 'else' }, typ),
      'no audience': await issuer.sign({ aud: undefined }, typ),
      'other issuer': await issuer.sign({ iss: `${issuer.issuer}/` }, typ),
      'no subject': await issuer.sign({ sub: undefined }, typ),
      'empty subject': await issuer.sign({ sub: '' }, typ),
      'endless subject': await issuer.sign({ sub: 'x'.repeat(300) }, typ),
      'no end': await issuer.sign({ exp: undefined }, typ),
      expired: await issuer.sign({ exp: now - 6 }, typ),
      'not yet valid': await issuer.sign({ nbf: now + 60 }, typ),
      'issued in the future': await issuer.sign({ iat: now + 60 }, typ),
      'other type': await issuer.sign({}, { typ: 'id+jwt' }),
      'unknown key': await issuer.sign({}, { ...typ, kid: 'two' }),
      'signature of a stranger': await issuer.sign({}, typ, issuer.strangersKey),
      'symmetric key': await new SignJWT({ sub: 'bob', aud: 'ecs', iss: issuer.issuer, exp: now + 60 })
        .setProtectedHeader({ alg: 'HS256', kid: 'one', ...typ })
        .sign(new TextEncoder().encode('x'.repeat(32))),
      'no signature': `${(await issuer.sign({}, typ)).split('.').slice(0, 2).join('.')}.`,
    };
    for (const [what, token] of Object.entries(wrong)) expect([what, await verify(token)]).toEqual([what, undefined]);
    expect((await verify(await issuer.sign({ exp: now - 3 }, typ)))?.principal.name).toBe(`${issuer.issuer}#bob`);
  });

  it('is verified with the held keys while the issuer is down, which is asked once in ten seconds', async () => {
    await using issuer = await startIssuer();
    const { verify } = createJwtVerifier(settingsOf(issuer.issuer), log);
    expect(await verify(await issuer.sign())).toBeDefined();
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 11 * 60_000);
    Object.assign(issuer.state, { isDown: true, asked: 0 });
    for (const sub of ['a', 'b', 'c'])
      expect((await verify(await issuer.sign({ sub })))?.principal.name).toContain(sub);
    expect(issuer.state.asked).toBe(1);
    expect(await verify(await issuer.sign({}, {}, issuer.strangersKey))).toBeUndefined();
    vi.setSystemTime(Date.now() + 7 * 3_600_000);
    await expect(verify(await issuer.sign({ sub: 'late' }))).rejects.toThrow(KeysUnavailableError);
  });

  it('is answered with 503 where the keys were never read, and 401 where it is wrong', async () => {
    await using issuer = await startIssuer();
    issuer.state.isDown = true;
    await using server = await startTestApp({ oidcIssuer: issuer.issuer, oidcAudience: ['ecs'] });
    const ask = async (token: string) => {
      const answer = await server.post({ query: '{ principal }' }, { authorization: `Bearer ${token}` });
      return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: await answer.json() };
    };
    const token = await issuer.sign();
    expect(await ask(token)).toMatchObject({
      status: 503,
      retryAfter: '10',
      body: { errors: [{ extensions: { code: 'AUTHENTICATION_UNAVAILABLE', retryable: true } }] },
    });
    issuer.state.isDown = false;
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 11_000);
    expect(await ask(token)).toMatchObject({ status: 200, body: { data: { principal: `${issuer.issuer}#bob` } } });
    expect(await ask('x')).toMatchObject({ status: 401 });
  });
});

describe('rolesIn', () => {
  const roles = (payload: JWTPayload, rolesClaim = 'roles', roleMap: [string, string][] = []) =>
    rolesIn(payload, { rolesClaim, roleMap });

  it.each([
    [{ roles: ['b', 'a', 'a', 7, 'not a role', ''] }, 'roles', ['a', 'b']],
    [{ scope: 'read write' }, 'scope', ['read', 'write']],
    [{ realm_access: { roles: ['ops'] } }, 'realm_access.roles', ['ops']],
    [{ 'https://x.example/roles': ['ops'] }, 'https://x.example/roles', ['ops']],
    [{ 'cognito:groups': ['ops'] }, 'cognito:groups', ['ops']],
    [{}, 'roles', []],
    [{}, 'constructor.name', []],
    [{ roles: { admin: true } }, 'roles', []],
  ])('of %j by %s', (payload, claim, expected) => expect(roles(payload, claim)).toEqual(expected));

  it('are those of the map, where there is one', () => {
    expect(roles({ roles: ['ecs-oncall', 'admin'] }, 'roles', [['ecs-oncall', 'operator']])).toEqual(['operator']);
  });
});
