import { CreateClusterCommand, ListClustersCommand } from '@aws-sdk/client-ecs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/nested-clients/sts';
import { describe, expect, it } from 'vitest';
import { signed } from '../support/aws-json.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The SDK's own client, as its credential providers use it. */
function stsOf({ sandbox }: SandboxUnderTest, credentials: Credentials): STSClient {
  return new STSClient({ endpoint: sandbox.url, region: 'eu-west-1', credentials, maxAttempts: 1 });
}

/** GetCallerIdentity as a form: this client does not know it. */
async function identityOf({ sandbox }: SandboxUnderTest, accessKey: string): Promise<(string | undefined)[]> {
  const response = await fetch(sandbox.url, {
    method: 'POST',
    headers: { authorization: signed('sts', accessKey) },
    body: new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' }),
  });
  const text = await response.text();
  return ['Account', 'Arn'].map((name) => new RegExp(`<${name}>(.*)</${name}>`).exec(text)?.[1]);
}

const OWN = { accessKeyId: 'test', secretAccessKey: 'test' };
const ROLE = 'arn:aws:iam::210987654321:role/deploy/ci';

describe('STS', () => {
  it('says who calls', async () => {
    await using s = await withSandbox();
    expect(await identityOf(s, 'test')).toEqual(['123456789012', 'arn:aws:iam::123456789012:user/test']);
    expect(await identityOf(s, '210987654321')).toEqual(['210987654321', 'arn:aws:iam::210987654321:root']);
  });

  it('gives credentials of a role, which are those of its account, and good by the clock of the client', async () => {
    // Virtual time stands years ago.
    await using s = await withSandbox({ start: '2020-01-01T00:00:00Z' });
    const before = Date.now();
    const { Credentials: given, AssumedRoleUser } = await stsOf(s, OWN).send(
      new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'pipeline', DurationSeconds: 900 }),
    );
    const sessionArn = 'arn:aws:sts::210987654321:assumed-role/ci/pipeline';
    expect(AssumedRoleUser?.Arn).toBe(sessionArn);
    expect(given?.Expiration?.getTime()).toBeGreaterThanOrEqual(before + 900_000);
    const credentials = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    };
    expect(credentials.accessKeyId).toMatch(/^ASIA[0-9A-F]{16}$/);
    expect(await identityOf(s, credentials.accessKeyId)).toEqual(['210987654321', sessionArn]);
    const there = s.client({ credentials });
    await there.send(new CreateClusterCommand({ clusterName: 'theirs' }));
    expect((await there.send(new ListClustersCommand({}))).clusterArns).toEqual([
      'arn:aws:ecs:eu-west-1:210987654321:cluster/theirs',
    ]);
    expect((await s.ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
  });

  it('refuses what is no role, a missing role, and a bad session', async () => {
    await using s = await withSandbox();
    const assume = (input: object) =>
      stsOf(s, OWN)
        .send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'pipeline', ...input }))
        .then(
          () => 'nothing',
          ({ name, message }: Error) => `${name}: ${message}`,
        );
    expect(await assume({ RoleArn: 'arn:aws:iam::1:user/x-of-a-length' })).toMatch(
      /^ValidationError: .*must be the ARN of a role/,
    );
    expect(await assume({ RoleSessionName: 'a b' })).toMatch(/^ValidationError: RoleSessionName/);
    expect(await assume({ DurationSeconds: 60 })).toMatch(/^ValidationError: DurationSeconds must be from 900/);
    await fetch(`${s.sandbox.url}/_sandbox/roles`, {
      method: 'POST',
      body: JSON.stringify({ role: ROLE, state: 'MISSING' }),
    });
    expect(await assume({})).toBe(
      `AccessDenied: User: arn:aws:iam::123456789012:user/test is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
    );
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
  });
});
