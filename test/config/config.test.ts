import { describe, expect, it, vi } from 'vitest';
import { type Config, ConfigError, ecsEndpoint, environment, loadConfig } from '../../src/config/index.ts';
import type { Setting } from '../../src/config/setting.ts';
import { flagOf, SETTING_NAMES, SETTINGS } from '../../src/config/settings.ts';

const problemsOf = (...args: Parameters<typeof loadConfig>): readonly string[] => {
  try {
    loadConfig(...args);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('loadConfig', () => {
  it('takes flags before the environment, and the environment before defaults', () => {
    const env = { PORT: '5000', MAX_DEPTH: '7', LOG_LEVEL: '' };
    const config = loadConfig('serve', ['--port', '6000', '--max-aliases=9'], env);
    expect(config).toMatchObject({ port: 6000, maxDepth: 7, maxAliases: 9, maxTokens: 2000, logLevel: 'info' });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it.each(['--query-deadline', '--mutation-deadline', '--attempt-timeout'])('takes no 0 for %s', (flag) => {
    for (const value of ['0', '0s']) {
      expect(problemsOf('serve', [flag, value], {})).toEqual([
        expect.stringContaining(`must be more than 0, not "${value}"`),
      ]);
    }
    expect(loadConfig('serve', ['--memory-ttl', '0'], {}).memoryTtl).toBe(0);
  });

  it('reads durations, sizes, lists and toggles', () => {
    const argv = [
      '--query-deadline',
      '1.5s',
      '--max-body',
      '2MB',
      '--allowed-origins',
      'https://a.example, https://b.example:8443',
      '--no-graphiql',
      '--expose-secrets',
    ];
    expect(loadConfig('serve', argv, { INTROSPECTION: 'off' })).toMatchObject({
      queryDeadline: 1500,
      maxBody: 2_000_000,
      allowedOrigins: ['https://a.example', 'https://b.example:8443'],
      graphiql: false,
      exposeSecrets: true,
      introspection: false,
    });
  });

  it('says what is wrong with each setting, whichever is wrong', () => {
    const misread = SETTING_NAMES.filter((name) => SETTINGS[name].commands.includes('serve')).filter((name) => {
      const problems = problemsOf('serve', [`--${flagOf(name)}= ,: `, '--host=127.0.0.1'], {});
      if (problems.length > 0) expect(problems).toContainEqual(expect.stringContaining(`--${flagOf(name)} (`));
      return problems.length > 0;
    });
    expect(misread).toEqual(expect.arrayContaining(['eventsQueue', 'allowedOrigins', 'awsEndpointUrl', 'port']));
    expect(problemsOf('serve', ['--events-queue', 'my-queue'], {})).toEqual([
      expect.stringMatching(/^--events-queue \(EVENTS_QUEUE\) .*, not "my-queue"$/),
    ]);
    const queue = 'https://sqs.eu-west-1.amazonaws.com/111122223333/events';
    expect(problemsOf('serve', ['--events-queue', queue], {})).toEqual([]);
    for (const list of [`${queue}.fifo`, `${queue},${queue}.fifo`])
      expect(problemsOf('serve', ['--events-queue', list], {})).toEqual([
        expect.stringContaining('--events-queue (EVENTS_QUEUE) must be a standard queue, without the ending .fifo'),
      ]);
  });

  it('lists every problem at once, with the flag and the variable', () => {
    const argv = [
      '--port',
      '99999',
      '--graphql',
      '--speed',
      '3',
      'extra',
      '--no-port',
      '--quiet',
      'yes',
      '--max-depth',
    ];
    expect(problemsOf('serve', argv, { QUERY_DEADLINE: 'soon', AWS_REGION: 'Frankfurt' })).toEqual([
      '--graphql is not a setting of serve; did you mean --graphiql?',
      '--speed is not a setting of serve, but of sandbox and ecs',
      '"extra" is not expected here; settings are given as --name value',
      '--no-port is not a setting of serve; see ecs-graphql serve --help',
      '--quiet is not a setting of serve; see ecs-graphql serve --help',
      '--max-depth (MAX_DEPTH) needs a value',
      '--port (PORT) must be a whole number from 0 to 65535, not "99999"',
      '--aws-region (AWS_REGION) must be a region such as eu-central-1, not "Frankfurt"',
      '--query-deadline (QUERY_DEADLINE) must be a duration such as 500ms, 15s, 5m or 12h (at most 24h), not "soon"',
    ]);
  });

  it('does not repeat a token that it refuses', () => {
    expect(problemsOf('serve', [], { ECS_GRAPHQL_TOKEN: 'too short' })).toEqual([
      '--token (ECS_GRAPHQL_TOKEN) must be 16 to 512 printable ASCII characters without blanks',
    ]);
    // Nor asks for one besides.
    expect(problemsOf('serve', ['--host', '0.0.0.0'], { ECS_GRAPHQL_TOKEN: 'too short' })).toHaveLength(1);
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'gateway.internal'])('asks for a token where %s is listened on', (host) => {
    for (const command of ['serve', 'sandbox'] as const) {
      const door = command === 'sandbox' ? ', or --allow-anonymous (ALLOW_ANONYMOUS)' : '';
      expect(problemsOf(command, ['--host', host], {})).toEqual([
        `--host (HOST) ${host} can be reached by others, so a token is required: ECS_GRAPHQL_TOKEN=$(openssl rand -hex 32), --tokens-file (TOKENS_FILE) or --oidc-issuer (OIDC_ISSUER)${door}`,
      ]);
      expect(problemsOf(command, ['--host', host], { ECS_GRAPHQL_TOKEN: 'x'.repeat(32) })).toEqual([]);
    }
  });

  it.each(['127.0.0.1', '127.0.0.9', 'localhost', '::1'])(
    'asks for none where only this machine reaches %s',
    (host) => {
      expect(problemsOf('serve', ['--host', host], {})).toEqual([]);
    },
  );

  it('has safe defaults outside the sandbox', () => {
    const safe = { graphiql: true, exposeSecrets: false, allowedOrigins: [], host: '127.0.0.1' };
    expect(loadConfig('serve', [], {})).toMatchObject(safe);
    expect(loadConfig('serve', ['--host', '0.0.0.0', '--token', 'x'.repeat(32)], {})).toMatchObject({
      graphiql: false,
      exposeSecrets: false,
    });
    expect(loadConfig('sandbox', [], {})).toMatchObject({ graphiql: true, exposeSecrets: true });
    const container = loadConfig('sandbox', ['--allow-anonymous'], { HOST: '0.0.0.0' });
    expect(container).toMatchObject({ token: undefined, graphiql: true });
    expect(problemsOf('serve', ['--host', '0.0.0.0', '--allow-anonymous'], {})).toContain(
      '--allow-anonymous is not a setting of serve, but of sandbox',
    );
  });

  it.each([
    'http://169.254.169.254',
    'http://ecs.example.com',
    'file:///etc/passwd',
    'ftp://127.0.0.1',
    '127.0.0.1:4510',
  ])('refuses %s for an endpoint', (url) =>
    expect(problemsOf('serve', ['--aws-endpoint-url-ecs', url], {})).toHaveLength(1),
  );

  it('takes an http endpoint of another host only if it is allowed', () => {
    const url = 'http://localstack:4566';
    for (const env of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_ECS']) {
      expect(problemsOf('serve', [], { [env]: url })).toEqual([
        expect.stringMatching(
          /http:\/\/localstack:4566 is http to another host.*--allow-insecure-endpoint \(ALLOW_INSECURE_ENDPOINT\)$/,
        ),
      ]);
      const allowed = loadConfig('serve', [], { [env]: url, ALLOW_INSECURE_ENDPOINT: 'on' });
      expect(ecsEndpoint(allowed)).toBe(url);
    }
    // Instances and containers find their credentials at link-local addresses.
    const mapped = '[::ffff:169.254.169.254]';
    for (const address of ['169.254.169.254', '169.254.170.2', '[fe80::1]', '[fd00:ec2::254]', mapped]) {
      for (const scheme of ['http', 'https']) {
        const argv = ['--allow-insecure-endpoint', '--aws-endpoint-url', `${scheme}://${address}/`];
        expect(problemsOf('serve', argv, {})).toEqual([expect.stringContaining('link-local')]);
      }
    }
    for (const user of ['user', 'user:password', ':password']) {
      const argv = ['--aws-endpoint-url', `https://${user}@emulator.example`];
      expect(problemsOf('serve', argv, {})).toEqual([expect.stringMatching(/must not hold a user or password$/)]);
    }
  });

  it('reads the region of the AWS CLI where its own variable is not set', () => {
    const region = (env: Record<string, string>) => loadConfig('serve', [], env).awsRegion;
    expect(region({ AWS_DEFAULT_REGION: 'eu-west-3' })).toBe('eu-west-3');
    expect(region({ AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-3' })).toBe('eu-west-3');
    expect(region({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-3' })).toBe('eu-west-1');
    expect(region({ AWS_REGION: '', AWS_DEFAULT_REGION: '' })).toBeUndefined();
  });

  it('takes every variable that is set but empty for one that is not set', () => {
    const empty = Object.fromEntries(SETTING_NAMES.map((name) => [SETTINGS[name].env, '']));
    for (const command of ['serve', 'sandbox', 'ecs'] as const) {
      expect(loadConfig(command, [], empty)).toEqual(loadConfig(command, [], {}));
    }
  });

  it('hides variables that are set but empty from the AWS SDK too', () => {
    vi.stubEnv('AWS_REGION', '');
    vi.stubEnv('AWS_PROFILE', '');
    const env = environment();
    expect([env.AWS_REGION, env.AWS_PROFILE, 'AWS_PROFILE' in process.env]).toEqual([undefined, undefined, false]);
    vi.unstubAllEnvs();
  });

  it('uses --port of ecs for the port of that ECS, and ignores PORT', () => {
    const container = { HOST: '0.0.0.0', PORT: '4000' };
    expect(loadConfig('ecs', ['--port', '4600'], container).ecsPort).toBe(4600);
    expect(loadConfig('ecs', ['--ecs-port=4700'], container).ecsPort).toBe(4700);
    expect(loadConfig('ecs', [], container).ecsPort).toBe(4510);
    expect(() => loadConfig('ecs', ['--port', '4600', '--ecs-port', '4700'], {})).toThrow(
      '--port and --ecs-port are the same setting of ecs; give one of them',
    );
    const both = loadConfig('sandbox', ['--port', '1', '--ecs-port', '2'], {});
    expect([both.port, both.ecsPort]).toEqual([1, 2]);
  });

  it('reads base paths, and refuses what no URL path holds as it is', () => {
    const path = (text: string) => loadConfig('serve', ['--base-path', text], {}).basePath;
    expect(['/ecs', '/ecs/', '/a-1/b_2', '/'].map(path)).toEqual(['/ecs', '/ecs', '/a-1/b_2', '']);
    for (const text of ['ecs', '//ecs', '/ecs//x', '/ecs?x', '/ecs/../x', '/.', '/e%63s', 'https://x/ecs']) {
      expect([text, problemsOf('serve', ['--base-path', text], {})]).toEqual([
        text,
        [expect.stringContaining('--base-path')],
      ]);
    }
  });

  it('prefers the endpoint of ECS to that of AWS', () => {
    const both = { AWS_ENDPOINT_URL: 'https://aws.example', AWS_ENDPOINT_URL_ECS: 'http://127.0.0.1:4510' };
    expect(ecsEndpoint(loadConfig('serve', [], both))).toBe('http://127.0.0.1:4510');
    expect(ecsEndpoint(loadConfig('serve', [], { AWS_ENDPOINT_URL: 'https://aws.example' }))).toBe(
      'https://aws.example',
    );
    expect(ecsEndpoint(loadConfig('serve', [], {}))).toBeUndefined();
  });

  it('does not read settings of AWS for the sandbox, which must not reach it by accident', () => {
    const config = loadConfig('sandbox', [], { AWS_ENDPOINT_URL: 'https://aws.example', AWS_REGION: 'eu-west-1' });
    expect(config).toMatchObject({ awsEndpointUrl: undefined, awsRegion: undefined });
  });
});

describe('the table of settings', () => {
  it('has a variable and a flag of its own for each', () => {
    expect(new Set(SETTING_NAMES.map((name) => SETTINGS[name].env)).size).toBe(SETTING_NAMES.length);
    expect(new Set(SETTING_NAMES.map(flagOf)).size).toBe(SETTING_NAMES.length);
  });

  it('reads the text of each default as that default', () => {
    for (const name of SETTING_NAMES) {
      const setting = SETTINGS[name] as Setting<unknown>;
      const value = setting.initial({ command: 'serve', host: '127.0.0.1' });
      if (value === undefined) continue;
      const text = setting.type.print(value);
      expect(setting.type.parse(text), name).toEqual(value);
    }
  });

  it('is all that a Config holds', () => {
    const config: Config = loadConfig('ecs', [], {});
    expect(Object.keys(config).sort()).toEqual([...SETTING_NAMES, 'command'].sort());
  });
});
