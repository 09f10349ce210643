import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAuthenticate } from '../../src/auth/authenticator.ts';
import { Credential } from '../../src/auth/credential.ts';
import { createToken, parseTokenFile, type TokenEntry } from '../../src/auth/token-file.ts';
import { TokenStore } from '../../src/auth/token-store.ts';
import { runCli } from '../../src/cli/index.ts';
import { ReloadableFile } from '../../src/util/reloadable-file.ts';

const sha256 = 'a'.repeat(64);
const file = (...tokens: object[]) => JSON.stringify({ tokens });

describe('parseTokenFile', () => {
  it('reads names, roles and times', () => {
    const expiresAt = '2027-01-31T12:00:00Z';
    expect(
      parseTokenFile(
        file({ name: 'ci', sha256, roles: ['deployer'], expiresAt }, { name: 'x', sha256: 'b'.repeat(64) }),
      ),
    ).toEqual([
      { name: 'ci', sha256, roles: ['deployer'], expiresAt: Date.parse(expiresAt) },
      { name: 'x', sha256: 'b'.repeat(64), roles: [] },
    ]);
  });

  it.each([
    ['{', 'is not JSON'],
    ['[]', 'must be {"tokens": [...]}'],
    ['{"tokens":[],"more":1}', 'has an unknown member "more"'],
    [file({ name: 'ci', sha256, expires: 'never' }), 'tokens[0] has an unknown member "expires"'],
    [file({ name: 'bearer', sha256 }), 'tokens[0] may not be named "bearer"'],
    [file({ name: 'a b', sha256 }), 'tokens[0] needs a "name"'],
    [file({ name: 'ci', sha256: 'A'.repeat(64) }), 'tokens[0] needs a "sha256" of 64 lower-case hex digits'],
    [file({ name: 'ci', sha256 }, { name: 'cd', sha256 }), 'tokens[1] repeats the sha256 of another token'],
    [file({ name: 'ci', sha256, roles: 'admin' }), 'tokens[0] "roles" must be a list'],
    [file({ name: 'ci', sha256, expiresAt: '2027-01-31' }), 'tokens[0] "expiresAt" must be a time with its zone'],
    [
      file({ name: 'ci', sha256, expiresAt: '2027-99-31T00:00:00Z' }),
      'tokens[0] "expiresAt" must be a time with its zone',
    ],
  ])('refuses %s', (text, problem) => expect(() => parseTokenFile(text)).toThrow(problem));
});

describe('createAuthenticate', () => {
  const made = createToken('ci', ['deployer'], undefined);
  const other = createToken('ci', ['deployer'], undefined);
  const tokens = new TokenStore();
  tokens.replace(parseTokenFile(file(made.entry, other.entry)));

  it('knows several tokens of one name, and the one of the settings beside them', () => {
    const authenticate = createAuthenticate({ token: 'correct-horse-battery-staple', tokens });
    for (const { token } of [made, other]) {
      expect(authenticate(`Bearer ${token}`)).toMatchObject({ principal: { name: 'ci', roles: ['deployer'] } });
    }
    expect(authenticate('Bearer correct-horse-battery-staple')).toEqual({
      principal: { name: 'bearer', roles: ['admin'] },
    });
    for (const wrong of [undefined, '', 'Bearer x', `Bearer ${made.token}x`, `Basic ${made.token}`, made.entry.sha256])
      expect(authenticate(wrong)).toBeUndefined();
    expect(authenticate(`Bearer ${made.entry.sha256}`)).toBeUndefined();
  });

  it('admits every caller without configuration, and none with an empty token file', () => {
    expect(createAuthenticate({})(undefined)).toMatchObject({ principal: { name: 'anonymous' } });
    expect(createAuthenticate({ tokens: new TokenStore() })(undefined)).toBeUndefined();
  });
});

describe('a credential', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('ends at its time, streams before connections, and keeps no timer without listeners', () => {
    const credential = new Credential(Date.now() + 200_000);
    expect(vi.getTimerCount()).toBe(0);
    const heard: string[] = [];
    credential.onEnd('connection', (end) => heard.push(`connection ${end}`));
    credential.onEnd('stream', (end) => heard.push(`stream ${end}`));
    const takeBack = credential.onEnd('stream', () => heard.push('taken back'));
    takeBack();
    vi.advanceTimersByTime(199_999);
    expect([heard, credential.ended]).toEqual([[], undefined]);
    vi.advanceTimersByTime(1);
    expect([heard, credential.ended]).toEqual([['stream EXPIRED', 'connection EXPIRED'], 'EXPIRED']);
    expect(vi.getTimerCount()).toBe(0);
    credential.onEnd('stream', (end) => heard.push(`late ${end}`));
    expect(heard).toContain('late EXPIRED');
  });

  it('is withdrawn with its line of the file, or with other roles, and lives on with another time', () => {
    const store = new TokenStore();
    const { token, entry } = createToken('ci', ['viewer'], new Date(Date.now() + 10_000));
    const take = (...entries: object[]) => store.replace(parseTokenFile(file(...entries)));
    const heard: string[] = [];
    take(entry);
    store.find(token)?.credential?.onEnd('stream', (end) => heard.push(end));
    take({ ...entry, expiresAt: new Date(Date.now() + 60_000).toISOString() });
    vi.advanceTimersByTime(30_000);
    expect([heard, store.find(token)?.principal.name]).toEqual([[], 'ci']);
    take({ ...entry, roles: ['admin'], expiresAt: undefined });
    expect([heard, store.find(token)?.principal.roles]).toEqual([['WITHDRAWN'], ['admin']]);
    take();
    expect(store.find(token)).toBeUndefined();
  });

  it('is not valid past its time, whether or not a timer ran', () => {
    const store = new TokenStore();
    const { token, entry } = createToken('ci', [], new Date(Date.now() + 10_000));
    store.replace(parseTokenFile(file(entry)));
    vi.setSystemTime(Date.now() + 10_000);
    expect(store.find(token)).toBeUndefined();
  });
});

describe('a file that is read again', () => {
  let folder: string;
  const log = pino({ level: 'silent' });
  const one = { name: 'ci', sha256 };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tokens-'));
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await rm(folder, { recursive: true });
  });

  it('takes a version that two looks saw, and refuses a broken one loudly', async () => {
    const path = join(folder, 'tokens.json');
    await writeFile(path, file(one));
    const taken: (readonly TokenEntry[])[] = [];
    const errors: unknown[] = [];
    const log = pino({}, { write: (line) => errors.push(JSON.parse(line)) });
    const watched = await ReloadableFile.open({
      path,
      what: 'tokens',
      parse: parseTokenFile,
      apply: (value) => taken.push(value),
      log,
    });
    // Looks are asynchronous: a look is over when the file system has answered.
    const look = async () => {
      vi.advanceTimersByTime(1_000);
      for (let i = 0; i < 20; i += 1) await stat(path).catch(() => undefined);
    };
    await look();
    expect(taken).toHaveLength(1);
    await writeFile(path, file(one, { name: 'cd', sha256: 'b'.repeat(64) }));
    await look();
    await look();
    while (taken.length < 2) await look();
    expect(taken).toHaveLength(2);
    await writeFile(path, '{"tokens": [{"name"');
    await look();
    await look();
    while (!watched.isStale) await look();
    expect(taken).toHaveLength(2);
    expect(errors.at(-1)).toMatchObject({ level: 50, problem: 'is not JSON', file: path });
    await rm(path);
    expect(await watched.reload()).toBe(false);
    await writeFile(path, file());
    expect(await watched.reload()).toBe(true);
    expect([taken.at(-1), watched.isStale]).toEqual([[], false]);
    watched.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('must be right at the start', async () => {
    const path = join(folder, 'tokens.json');
    const open = () =>
      ReloadableFile.open({ path, what: 'tokens', parse: parseTokenFile, apply: () => undefined, log });
    await expect(open()).rejects.toThrow('ENOENT');
    await writeFile(path, '[]');
    await expect(open()).rejects.toThrow('must be {"tokens": [...]}');
  });

  it('is written by the command line', async () => {
    const path = join(folder, 'tokens.json');
    const run = async (...argv: string[]) => {
      let out = '';
      let err = '';
      const code = await runCli(['token', ...argv], {
        env: {},
        out: (text) => (out += text),
        err: (text) => (err += text),
        onStop: () => () => undefined,
      });
      return { code, out, err };
    };
    const first = await run('--name', 'ci', '--roles', 'deployer, viewer', '--expires', '90d', '--file', path);
    expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/^ecsg_[\w-]{43}\n$/) });
    expect((await run('--name', 'ci', '--file', path)).code).toBe(0);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain(first.out.trim());
    const store = new TokenStore();
    store.replace(parseTokenFile(text));
    expect(store.find(first.out.trim())?.principal).toEqual({ name: 'ci', roles: ['deployer', 'viewer'] });
    const [alone = '', entry = ''] = (await run('--name', 'bot')).out.split('\n');
    store.replace(parseTokenFile(file(JSON.parse(entry))));
    expect(store.find(alone)?.principal.name).toBe('bot');
    for (const [argv, problem] of [
      [[], '--name is needed'],
      [['--name', 'bearer'], 'may not be named "bearer"'],
      [['--name', 'x', '--expires', 'soon'], '--expires must be a time'],
      [['--name', 'x', '--roles', 'a b'], '--roles must be names'],
      [['--name', 'x', '--what'], '"--what" is not a flag'],
      [['--name', 'x', '--file', folder], 'cannot be read'],
    ] as const)
      expect(await run(...argv)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(problem) });
  });
});
