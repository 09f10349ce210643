import { describe, expect, it } from 'vitest';
import { parseScopesFile } from '../../../src/ecs/scopes/scopes-file.ts';

const parse = (file: unknown, mayHaveKeys = false) => parseScopesFile(JSON.stringify(file), { mayHaveKeys });
const problemsOf = (file: unknown) => {
  try {
    parse(file);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
};

describe('a scopes file', () => {
  it('makes a scope of each account and region, in its order', () => {
    const { scopes, standard } = parse({
      scopes: [
        { alias: 'shop', account: '111111111111', regions: ['eu-west-1', 'us-east-1'] },
        { alias: 'bank', account: '222222222222', regions: ['eu-west-1'], credentials: { profile: 'bank' } },
      ],
      default: { account: 'bank' },
    });
    expect(scopes.map(({ alias, region }) => `${alias} ${region}`)).toEqual([
      'shop eu-west-1',
      'shop us-east-1',
      'bank eu-west-1',
    ]);
    expect(scopes[0]?.credentials).toEqual({ kind: 'chain' });
    expect(standard).toBe(scopes[2]);
    expect(standard.credentials).toEqual({ kind: 'profile', profile: 'bank' });
  });

  it('chains roles from sources and from other scopes', () => {
    const { scopes } = parse({
      sources: { hub: { profile: 'hub' } },
      scopes: [
        {
          alias: 'shop',
          account: '111111111111',
          regions: ['eu-west-1'],
          credentials: {
            role: 'arn:aws:iam::111111111111:role/read',
            externalId: 'x-1',
            tags: { team: 'web' },
            from: 'hub',
          },
        },
        {
          alias: 'bank',
          account: '222222222222',
          regions: ['eu-west-1'],
          credentials: { role: 'arn:aws:iam::222222222222:role/read', sessionName: 'dash', from: 'shop' },
        },
      ],
    });
    const shop = {
      kind: 'role',
      roleArn: 'arn:aws:iam::111111111111:role/read',
      externalId: 'x-1',
      sessionName: 'ecs-graphql',
      tags: { team: 'web' },
      from: { kind: 'profile', profile: 'hub' },
    };
    expect(scopes[0]?.credentials).toEqual(shop);
    expect(scopes[1]?.credentials).toEqual({
      kind: 'role',
      roleArn: 'arn:aws:iam::222222222222:role/read',
      externalId: undefined,
      sessionName: 'dash',
      tags: {},
      from: shop,
    });
  });

  it('is refused with everything that is wrong, and without any key', () => {
    const problems = problemsOf({
      scope: [],
      sources: { loop: { role: 'arn:aws:iam::111111111111:role/a', from: 'loop' }, shop: { profile: '' } },
      scopes: [
        {
          alias: 'shop',
          account: 111,
          regions: ['eu-west-1'],
          credentials: { accessKeyId: 'AKIA-KEY', secretAccessKey: 'SECRET-KEY' },
        },
        { alias: '123456789012', account: '222222222222', regions: [], endpoint: 'ftp://x' },
        {
          alias: 'bank',
          account: '333333333333',
          regions: ['eu-west-1', 'eu-west-1'],
          credentials: {
            role: 'arn:aws:iam::444444444444:role/read',
            externalId: '?',
            sessionName: 'a b',
            tags: [],
            from: 'nowhere',
          },
        },
        { alias: 'more', account: '333333333333', regions: ['us-east-1'], extra: 1 },
        'text',
      ],
      default: { account: 'nobody' },
    });
    expect(problems).toEqual([
      'has an unknown member "scope"; known are default, sources, scopes',
      'sources["loop"] needs itself: "from" leads back to "loop"',
      'sources["shop"] has the name of a scope',
      'sources["shop"] needs the name of a "profile"',
      'scopes[0] needs an "account" of 12 digits, as a string',
      'scopes[0] "credentials" holds keys, which are for emulators: give the scope an "endpoint", or use a profile or role',
      'scopes[1] needs an "alias" of 1 to 63 letters, digits or any of _.- that is not an account id',
      'scopes[1] needs "regions", a list of regions such as eu-central-1',
      'scopes[1] "endpoint" must be an http or https URL',
      'scopes[2] "credentials" "role" is of account 444444444444, and the scope is account 333333333333',
      'scopes[2] "credentials" "externalId" must be 2 to 1,224 letters, digits or any of _+=,.@:/-',
      'scopes[2] "credentials" "sessionName" must be 2 to 64 letters, digits or any of _+=,.@-',
      'scopes[2] "credentials" "tags" must be an object of at most 50 texts that STS accepts',
      'scopes[2] "credentials" "from" must name one of "sources", or the alias of a scope',
      'scopes[3] has an unknown member "extra"; known are alias, account, regions, credentials, endpoint',
      'scopes[4] must be an object',
      'default names an account or region that "scopes" does not hold',
    ]);
    expect(problems.join()).not.toMatch(/AKIA-KEY|SECRET-KEY/);
  });

  it('may hold no account or region twice, and no alias for two accounts', () => {
    expect(
      problemsOf({
        scopes: [
          { alias: 'shop', account: '111111111111', regions: ['eu-west-1', 'eu-west-1'] },
          { alias: 'shop', account: '222222222222', regions: ['eu-west-1'] },
          { alias: 'other', account: '111111111111', regions: ['us-east-1'] },
        ],
      }),
    ).toEqual([
      'scopes hold account 111111111111 in eu-west-1 twice',
      'scopes give the alias "shop" to the accounts 111111111111 and 222222222222',
      'scopes give account 111111111111 the aliases "shop" and "other"',
    ]);
    expect(problemsOf({ scopes: [] })).toEqual(['scopes must hold at least one account']);
    expect(problemsOf({})).toEqual(['must be {"scopes": [...]}']);
  });

  it('may hold keys beside an endpoint that is not AWS', () => {
    const keys = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
    const scope = { alias: 'a', account: '111111111111', regions: ['eu-west-1'], credentials: keys };
    expect(parse({ scopes: [scope] }, true).standard.credentials).toEqual({ kind: 'keys', ...keys });
    const own = parse({ scopes: [{ ...scope, endpoint: 'http://127.0.0.1:4510' }] }).standard;
    expect(own).toMatchObject({ endpoint: 'http://127.0.0.1:4510', credentials: { kind: 'keys' } });
  });
});
