import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { argumentsIn, readyUrl } from '../../src/cli/healthcheck.ts';
import { runCli } from '../../src/cli/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import { closeServer, listen } from '../../src/http/server.ts';

const commandLine = (...words: string[]) => `${words.join('\0')}\0`;

async function healthcheck(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  let err = '';
  const print = (text: string) => {
    err += text;
  };
  const code = await runCli(['healthcheck', ...argv], { env, out: print, err: print, onStop: () => () => {} });
  return { code, err };
}

describe('healthcheck', () => {
  it.each([
    [
      ['node', 'dist/main.js', 'serve', '--port', '5000'],
      ['serve', '--port', '5000'],
    ],
    [['/sbin/docker-init', '--', 'node', '--enable-source-maps', '/app/dist/main.js', 'ecs'], ['ecs']],
    [
      ['node', '/usr/local/bin/ecs-graphql', 'sandbox', '--host=::'],
      ['sandbox', '--host=::'],
    ],
    [['node', 'dist/main.js', 'watch', 'drain'], []],
    [['sh', '-c', 'exec something'], []],
    [['/pause'], []],
  ])('reads the settings of the main process: %j', (words, expected) => {
    expect(argumentsIn(commandLine(...words))).toEqual(expected);
  });

  it.each([
    ['serve', [], { HOST: '0.0.0.0', PORT: '4000', ECS_GRAPHQL_TOKEN: 'x'.repeat(16) }, 'http://127.0.0.1:4000/readyz'],
    ['serve', ['--port', '5000'], { PORT: '4000' }, 'http://127.0.0.1:5000/readyz'],
    ['sandbox', ['--host', '::1', '--port', '1'], {}, 'http://[::1]:1/readyz'],
    ['ecs', ['--host', '::'], { ECS_PORT: '4511' }, 'http://[::1]:4511/_sandbox/clock'],
  ] as const)('asks where the server listens: %s %j', (command, argv, env, url) => {
    expect(readyUrl(loadConfig(command, argv, env))).toBe(url);
  });

  it('exits with 0 where the server is ready, else with 1', async () => {
    let status = 200;
    const server = createServer((request, response) =>
      response.writeHead(request.url === '/readyz' ? status : 404).end(),
    );
    const { port } = new URL(await listen(server, '127.0.0.1', 0));
    expect(await healthcheck(['serve', '--port', port])).toEqual({ code: 0, err: '' });
    expect(await healthcheck(['sandbox'], { PORT: port })).toEqual({ code: 0, err: '' });
    status = 503;
    expect(await healthcheck(['serve', '--port', port])).toEqual({
      code: 1,
      err: `http://127.0.0.1:${port}/readyz: answered 503\n`,
    });
    await closeServer(server);
    expect(await healthcheck(['serve', '--port', port])).toMatchObject({
      code: 1,
      err: expect.stringMatching('REFUSED'),
    });
    expect(await healthcheck(['schema'])).toMatchObject({
      code: 2,
      err: expect.stringMatching('"schema" is no server'),
    });
  });
});
