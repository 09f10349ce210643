import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openReplicas } from '../../../src/compose/open-replicas.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { type Certificate, createAuthority, HAS_OPENSSL, issue } from '../../support/programs/certificates.ts';
import { eventually, HAS_REDIS, RedisServer, withRedis } from '../../support/programs/redis-server.ts';

/** With characters that mean something in a URL. */
const PASSWORD = 'p@ss:w/rd%?#';

describe.runIf(HAS_REDIS && HAS_OPENSSL)(withRedis('Redis over TLS'), () => {
  const closing: (() => Promise<unknown>)[] = [];
  let folder = '';
  let ours: Certificate;
  let others: Certificate;
  let server: RedisServer;

  /** Arguments of a server that serves TLS only. */
  const tlsOnly = ({ cert, key }: Certificate, ...more: readonly string[]) => {
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', ours.cert];
    return (port: number) => ['--port', '0', '--tls-port', String(port), ...files, ...more];
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tls-'));
    ours = createAuthority(folder, 'ours');
    others = createAuthority(folder, 'others');
    const certificate = await issue(folder, ours, 'redis', 'IP:127.0.0.1');
    server = await RedisServer.start(
      tlsOnly(
        certificate,
        ...['--tls-auth-clients', 'no', '--user', 'default', 'off'],
        ...[
          '--user',
          'gateway',
          'on',
          `>${PASSWORD}`,
          '~{ecs-graphql}:*',
          ...'+@all -@dangerous +info +client'.split(' '),
        ],
      ),
    );
  });
  afterAll(async () => {
    await server?.kill();
    await rm(folder, { recursive: true });
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  /** Opens what replicas share as the gateway does, and reads everything that it logs. */
  async function open(url: string, settings: Readonly<Record<string, string>>) {
    const lines: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
    const replicas = await openReplicas(loadConfig('serve', [], { SHARED: url, ...settings }), log, 10_000);
    if (replicas === undefined) throw new Error('replicas were expected');
    closing.push(() => replicas.close());
    return { store: replicas.store, text: () => lines.join('') };
  }

  const url = (user: string, password: string, { port } = server) =>
    `rediss://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}`;
  const isBack = (opened: Awaited<ReturnType<typeof open>>) =>
    eventually(() => !opened.store.isAway, `Redis is back: ${opened.text()}`);
  const isAwayFor = (opened: Awaited<ReturnType<typeof open>>, reason: string) =>
    eventually(() => opened.text().includes(`"reason":"${reason}"`), `away for ${reason}`);

  it('is used by a user with a password and the keys of the gateway alone, also by the readers', async () => {
    const opened = await open(url('gateway', PASSWORD), { SHARED_CA: ours.cert });
    await isBack(opened);
    const reader = opened.store.openReader();
    const wait = ['XREAD', 'BLOCK', '1000', 'STREAMS', '{ecs-graphql}:s', '0-0'];
    await eventually(
      () =>
        reader.read(wait, 1_000).then(
          () => true,
          () => false,
        ),
      'the reader is connected',
    );
    expect(opened.text()).not.toContain(PASSWORD);
    expect(opened.text()).not.toContain(encodeURIComponent(PASSWORD));
  });

  it.each([
    ['an authority that is not named', {}],
    ['another authority', { SHARED_CA: () => others.cert }],
  ])('is refused with a certificate of %s', async (_, files: Readonly<Record<string, () => string>>) => {
    const settings = Object.fromEntries(Object.entries(files).map(([name, path]) => [name, path()]));
    const opened = await open(url('gateway', PASSWORD), settings);
    await isAwayFor(opened, 'certificate');
    expect(opened.store.isAway).toBe(true);
    expect(opened.text()).toContain('its certificate is not trusted: SHARED_CA names the authorities');
    expect(opened.text()).not.toContain(encodeURIComponent(PASSWORD));
    expect(opened.text()).not.toContain(PASSWORD);
  });

  it('is refused with a certificate of another name', async () => {
    const certificate = await issue(folder, ours, 'elsewhere', 'DNS:redis.example.com');
    const other = await RedisServer.start(tlsOnly(certificate, '--tls-auth-clients', 'no'));
    closing.push(() => other.kill());
    const opened = await open(url('gateway', PASSWORD, other), { SHARED_CA: ours.cert });
    await isAwayFor(opened, 'certificate');
    expect(opened.text()).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    // Node's error has the certificate too.
    expect(opened.text()).not.toContain('subjectaltname');
  });

  it('with a wrong password is away, and the log has neither password', async () => {
    const opened = await open(url('gateway', 'wrong-secret'), { SHARED_CA: ours.cert });
    await isAwayFor(opened, 'WRONGPASS');
    expect(opened.text()).toContain('the user or password in SHARED is wrong');
    expect(opened.text()).not.toContain('wrong-secret');
    const none = await open(`rediss://127.0.0.1:${server.port}`, { SHARED_CA: ours.cert });
    await isAwayFor(none, 'NOAUTH');
  });

  it('shows its own certificate to a server that asks for one, and says so if it has none', async () => {
    const certificate = await issue(folder, ours, 'asking', 'IP:127.0.0.1');
    const asking = await RedisServer.start(tlsOnly(certificate));
    closing.push(() => asking.kill());
    const target = `rediss://127.0.0.1:${asking.port}`;
    const own = await issue(folder, ours, 'gateway', 'DNS:gateway');
    await isBack(await open(target, { SHARED_CA: ours.cert, SHARED_CERT: own.cert, SHARED_KEY: own.key }));
    await isAwayFor(await open(target, { SHARED_CA: ours.cert }), 'tls');
  });

  it('is not expected where a server speaks without TLS', async () => {
    const plain = await RedisServer.start();
    closing.push(() => plain.kill());
    const opened = await open(`rediss://127.0.0.1:${plain.port}`, {});
    await isAwayFor(opened, 'connection');
    expect(opened.text()).toContain('whether both ends speak TLS');
  });

  it('needs files that can be used: all that are wrong are named', async () => {
    const file = join(folder, 'not.pem');
    await writeFile(file, 'no');
    const wrong = { SHARED_CA: file, SHARED_CERT: join(folder, 'missing.pem'), SHARED_KEY: ours.key };
    const failure = await open(url('gateway', PASSWORD), wrong).catch((error: Error) => error.message);
    expect(failure).toContain(`--shared-ca (SHARED_CA) ${file}: is not a PEM file`);
    expect(failure).toContain('--shared-cert (SHARED_CERT)');
    const mixed = { SHARED_CERT: ours.cert, SHARED_KEY: others.key };
    await expect(open(url('gateway', PASSWORD), mixed)).rejects.toThrow('--shared-key (SHARED_KEY)');
    expect(() => loadConfig('serve', [], { SHARED: 'redis://127.0.0.1', SHARED_CA: ours.cert })).toThrow(
      '--shared-ca (SHARED_CA) means nothing without a rediss:// URL in --shared (SHARED)',
    );
    expect(() => loadConfig('serve', [], { SHARED: 'rediss://127.0.0.1', SHARED_CERT: ours.cert })).toThrow(
      '--shared-cert (SHARED_CERT) and --shared-key (SHARED_KEY) need each other',
    );
  });
});
