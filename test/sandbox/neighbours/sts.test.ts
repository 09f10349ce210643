import { CreateClusterCommand, ListClustersCommand, RegisterContainerInstanceCommand } from '@aws-sdk/client-ecs';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { signed } from '../support/aws-json.ts';
import { Messaging } from '../support/messaging.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const OWN: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const THEIRS: Credentials = { accessKeyId: '210987654321', secretAccessKey: 'test' };
const ROLE = 'arn:aws:iam::210987654321:role/deploy/ci';
const SESSION = 'arn:aws:sts::210987654321:assumed-role/ci/pipeline';

function stsOf({ sandbox }: SandboxUnderTest, credentials = OWN): STSClient {
  return new STSClient({ endpoint: sandbox.url, region: 'eu-west-1', credentials, maxAttempts: 1 });
}

/** Assumes a role and returns the credentials of the session. */
async function assume(
  s: SandboxUnderTest,
  input: Partial<AssumeRoleCommandInput> = {},
  credentials = OWN,
): Promise<Required<Credentials> & { readonly endsAt: number }> {
  const { Credentials: given } = await stsOf(s, credentials).send(
    new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'pipeline', ...input }),
  );
  return {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
    endsAt: given?.Expiration?.getTime() ?? 0,
  };
}

/** The name, status and message of the error of a call. */
async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return `${name} ${$metadata?.httpStatusCode}: ${message}`;
  }
  return 'no error';
}

function statement(AWS: string | readonly string[], more: object = {}) {
  return { Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole', ...more };
}

function trust(...Statement: readonly object[]): object {
  return { Version: '2012-10-17', Statement };
}

/** STS's refusal of a caller, by its name or its session. */
function denied(who: string, action = 'sts:AssumeRole', role = ROLE): string {
  return `AccessDenied 403: User: arn:aws:${who} is not authorized to perform: ${action} on resource: ${role}`;
}

const ME = 'iam::123456789012:user/test';

describe('STS', () => {
  it('says who calls', async () => {
    await using s = await withSandbox();
    const identityOf = async (credentials: Credentials) => {
      const { Account, Arn } = await stsOf(s, credentials).send(new GetCallerIdentityCommand({}));
      return [Account, Arn];
    };
    expect(await identityOf(OWN)).toEqual(['123456789012', 'arn:aws:iam::123456789012:user/test']);
    expect(await identityOf(THEIRS)).toEqual(['210987654321', 'arn:aws:iam::210987654321:root']);
    expect(await identityOf(await assume(s))).toEqual(['210987654321', SESSION]);
  });

  it('gives credentials of a role, which are those of its account, and good by the clock of the client', async () => {
    // Virtual time stands years ago.
    await using s = await withSandbox({ start: '2020-01-01T00:00:00Z' });
    const before = Date.now();
    const credentials = await assume(s, { DurationSeconds: 900 });
    expect(credentials.endsAt).toBeGreaterThan(before + 898_000);
    expect(credentials.endsAt).toBeLessThanOrEqual(Date.now() + 900_000);
    expect(credentials.accessKeyId).toMatch(/^ASIA[0-9A-F]{16}$/);
    const there = s.client({ credentials });
    await there.send(new CreateClusterCommand({ clusterName: 'theirs' }));
    expect((await there.send(new ListClustersCommand({}))).clusterArns).toEqual([
      'arn:aws:ecs:eu-west-1:210987654321:cluster/theirs',
    ]);
    expect((await s.ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
  });

  it('refuses what is no role, a missing role, and a bad session', async () => {
    await using s = await withSandbox();
    const error = (input: object) => errorOf(assume(s, input));
    expect(await error({ RoleArn: 'arn:aws:iam::1:user/x-of-a-length' })).toMatch(
      /^ValidationError 400: .*must be the ARN of a role/,
    );
    expect(await error({ RoleSessionName: 'a b' })).toMatch(/^ValidationError 400: .*'roleSessionName'/);
    expect(await error({ ExternalId: 'a b' })).toMatch(/^ValidationError 400: .*'externalId'/);
    expect(await error({ DurationSeconds: 899 })).toBe(
      "ValidationError 400: 1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    );
    expect(await error({ DurationSeconds: 43_201 })).toMatch(/less than or equal to 43200$/);
    const tags = ['a', 'A'].map((Key) => ({ Key, Value: '1' }));
    expect(await error({ Tags: tags })).toMatch(/^InvalidParameterValue 400: Duplicate tag keys/);
    await fetch(`${s.sandbox.url}/_sandbox/roles`, {
      method: 'POST',
      body: JSON.stringify({ role: ROLE, state: 'MISSING' }),
    });
    expect(await error({})).toBe(denied(ME));
  });

  it('takes its parameters from the query string too, and writes XML that is safe', async () => {
    await using s = await withSandbox();
    const response = await fetch(`${s.sandbox.url}/?Action=GetCallerIdentity&Version=2011-06-15`, {
      headers: { authorization: signed('sts', '<a&b>') },
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/xml']);
    const text = await response.text();
    expect(text).toContain('<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">');
    expect(text).toContain('user/&lt;a&amp;b&gt;</Arn>');
    const refused = await fetch(`${s.sandbox.url}/?Action=AssumeRole&Version=2011-06-15&RoleArn=x`);
    expect(await refused.text()).toMatch(
      /<ErrorResponse xmlns="https:\/\/sts.amazonaws.com\/doc\/2011-06-15\/"><Error><Type>Sender<\/Type><Code>ValidationError<\/Code>/,
    );
  });
});

describe('a trust policy', () => {
  const cases: [string, object, Partial<AssumeRoleCommandInput>, string][] = [
    ['the account of the caller', trust(statement('123456789012')), {}, 'no error'],
    ['its root user', trust(statement('arn:aws:iam::123456789012:root')), {}, 'no error'],
    ['the caller', trust(statement([`arn:aws:${ME}`, 'arn:aws:iam::1:user/x'])), {}, 'no error'],
    ['everybody', trust(statement('*')), {}, 'no error'],
    ['another account', trust(statement('210987654321')), {}, denied(ME)],
    ['another action', trust(statement('*', { Action: 'sts:AssumeRoleWithSAML' })), {}, denied(ME)],
    ['a denied caller', trust(statement('*'), statement(`arn:aws:${ME}`, { Effect: 'Deny' })), {}, denied(ME)],
  ];
  const byId = trust(statement('*', { Condition: { StringEquals: { 'sts:ExternalId': 'x-1' } } }));
  cases.push(
    ['a caller with the external id', byId, { ExternalId: 'x-1' }, 'no error'],
    ['a caller with another external id', byId, { ExternalId: 'x-2' }, denied(ME)],
    ['a caller without an external id', byId, {}, denied(ME)],
  );
  const byName = trust(statement('*', { Condition: { StringLike: { 'sts:RoleSessionName': 'pipe*' } } }));
  cases.push(
    ['a session name', byName, {}, 'no error'],
    ['another session name', byName, { RoleSessionName: 'other' }, denied(ME)],
  );
  const Tags = [{ Key: 'team', Value: 'web' }];
  const tagged = statement('*', {
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition: { StringEquals: { 'aws:RequestTag/team': 'web' } },
  });
  cases.push(
    ['a tag', trust(tagged), { Tags }, 'no error'],
    ['the lack of a tag', trust(tagged), {}, denied(ME)],
    ['tags, for which it has no action', trust(statement('*')), { Tags }, denied(ME, 'sts:TagSession')],
  );

  it.each(cases)('that names %s decides', async (_, policy, input, expected) => {
    await using s = await withSandbox();
    s.sandbox.setRole(ROLE, policy);
    expect(await errorOf(assume(s, input))).toBe(expected);
  });

  it('leaves no other role in its account, and all roles elsewhere', async () => {
    await using s = await withSandbox();
    s.sandbox.setRole(ROLE, trust(statement('*')));
    const other = 'arn:aws:iam::210987654321:role/other';
    expect(await errorOf(assume(s, { RoleArn: other }))).toBe(denied(ME, 'sts:AssumeRole', other));
    expect(await errorOf(assume(s, { RoleArn: 'arn:aws:iam::310987654321:role/any' }))).toBe('no error');
    s.sandbox.setRole(ROLE, null);
    expect(await errorOf(assume(s, { RoleArn: other }))).toBe('no error');
  });

  it('sees the session of a caller that has assumed a role itself, and the tags that it hands down', async () => {
    await using s = await withSandbox();
    const hub = 'arn:aws:iam::123456789012:role/hub';
    const both = { Action: ['sts:AssumeRole', 'sts:TagSession'] };
    s.sandbox.setRole(hub, trust(statement('*', both)));
    const Condition = { StringEquals: { 'aws:PrincipalTag/team': 'web' } };
    s.sandbox.setRole(ROLE, trust(statement(hub, { ...both, Condition })), 43_200);
    const Tags = [{ Key: 'team', Value: 'web' }];
    const session = await assume(s, { RoleArn: hub, Tags, TransitiveTagKeys: ['team'] });
    const untagged = await assume(s, { RoleArn: hub });
    expect(await errorOf(assume(s))).toBe(denied(ME));
    expect(await errorOf(assume(s, {}, untagged))).toBe(denied('sts::123456789012:assumed-role/hub/pipeline'));
    const chained = await assume(s, { DurationSeconds: 3600 }, session);
    expect((await stsOf(s, chained).send(new GetCallerIdentityCommand({}))).Arn).toBe(SESSION);
    expect(await errorOf(assume(s, { DurationSeconds: 3601 }, session))).toBe(
      'ValidationError 400: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  });

  it('comes with the longest duration of a session', async () => {
    await using s = await withSandbox();
    s.sandbox.setRole(ROLE, trust(statement('*')));
    expect(await errorOf(assume(s, { DurationSeconds: 3601 }))).toBe(
      'ValidationError 400: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
    s.sandbox.setRole(ROLE, trust(statement('*')), 43_200);
    expect(await errorOf(assume(s, { DurationSeconds: 43_200 }))).toBe('no error');
  });

  it('is set by HTTP, and refused if it is wrong', async () => {
    await using s = await withSandbox();
    const post = async (body: object) => {
      const response = await fetch(`${s.sandbox.url}/_sandbox/roles`, { method: 'POST', body: JSON.stringify(body) });
      return response.json();
    };
    const policy = trust(statement('123456789012'));
    expect(await post({ role: ROLE, trust: policy, maxSessionDuration: 7200 })).toEqual({
      missing: {},
      defined: { [ROLE]: { trust: policy, maxSessionDuration: 7200 } },
    });
    const problem = async (body: object) => ((await post(body)) as { error: string }).error;
    expect(await problem({ role: 'ci', trust: policy })).toBe('role must be the ARN of a role');
    expect(await problem({ role: ROLE, trust: {} })).toBe('trust is not a trust policy: it has no Statement');
    expect(await problem({ role: ROLE, trust: trust({ Effect: 'Allow', Action: '*' }) })).toMatch(/has no Principal$/);
    const odd = trust(statement('*', { Condition: { StringMatches: { a: 'b' } } }));
    expect(await problem({ role: ROLE, trust: odd })).toMatch(/the condition operator StringMatches is not known$/);
    expect(await problem({ role: ROLE, trust: policy, maxSessionDuration: 900 })).toMatch(/from 3600 to 43200$/);
    expect(await post({ role: ROLE, trust: null })).toEqual({ missing: {}, defined: {} });
  });
});

describe('a session', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const EXPIRED = 'The security token included in the request is expired';
  const UNKNOWN = 'The security token included in the request is invalid.';

  async function errorsOf(s: SandboxUnderTest, credentials: Credentials): Promise<string[]> {
    using messaging = new Messaging(s.sandbox, { credentials });
    return [
      await errorOf(s.client({ credentials }).send(new ListClustersCommand({}))),
      await errorOf(stsOf(s, credentials).send(new GetCallerIdentityCommand({}))),
      await errorOf(messaging.queue()),
    ];
  }
  const expired = [
    `ExpiredTokenException 400: ${EXPIRED}`,
    `ExpiredToken 403: ${EXPIRED}`,
    expect.stringMatching(/^ExpiredToken/),
  ];
  const unknown = [
    `UnrecognizedClientException 400: ${UNKNOWN}`,
    `InvalidClientTokenId 403: ${UNKNOWN}`,
    expect.stringMatching(/^UnrecognizedClientException/),
  ];

  it('ends with its time, on the clock of the client', async () => {
    await using s = await withSandbox();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const credentials = await assume(s, { DurationSeconds: 900 });
    vi.setSystemTime(credentials.endsAt - 1);
    expect(await errorsOf(s, credentials)).toEqual(['no error', 'no error', 'no error']);
    vi.setSystemTime(credentials.endsAt);
    expect(await errorsOf(s, credentials)).toEqual(expired);
  });

  it('ends on demand, of one role or of all', async () => {
    await using s = await withSandbox();
    const [one, other] = [await assume(s), await assume(s, { RoleArn: 'arn:aws:iam::310987654321:role/other' })];
    expect(s.sandbox.expireSessions(ROLE)).toBe(1);
    expect(await errorsOf(s, one)).toEqual(expired);
    expect((await errorsOf(s, other))[0]).toBe('no error');
    const response = await fetch(`${s.sandbox.url}/_sandbox/sessions/expire`, { method: 'POST' });
    expect(await response.json()).toEqual({ expired: 1 });
    expect(await errorsOf(s, other)).toEqual(expired);
  });

  it('of an earlier life, or with another token, is not known', async () => {
    await using s = await withSandbox();
    const credentials = await assume(s);
    expect(await errorsOf(s, { ...credentials, sessionToken: 'other' })).toEqual(unknown);
    await using copy = await withSandbox({ world: JSON.parse(JSON.stringify(s.sandbox.exportWorld())) });
    expect((await errorsOf(copy, credentials))[0]).toBe('no error');
    s.sandbox.reset();
    expect(await errorsOf(s, credentials)).toEqual(unknown);
  });

  it('changes no id of ECS', async () => {
    const idOf = async (sessions: number) => {
      await using s = await withSandbox();
      for (let at = 0; at < sessions; at += 1) await assume(s);
      const client = s.client({ credentials: await assume(s) });
      await client.send(new CreateClusterCommand({ clusterName: 'default' }));
      const { containerInstance } = await client.send(new RegisterContainerInstanceCommand({}));
      return containerInstance?.containerInstanceArn;
    };
    expect(await idOf(3)).toBe(await idOf(0));
  });
});
