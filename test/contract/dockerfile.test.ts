import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import type { Command } from '../../src/config/setting.ts';
import { copied, stages } from '../support/programs/dockerfile.ts';

const ignored = readFileSync('.dockerignore', 'utf8').split('\n');

describe('the Dockerfile', () => {
  const { build, image } = stages;

  it('copies only what is there and what .dockerignore lets in', () => {
    expect(ignored[0]).toBe('*');
    for (const path of [...copied(build), ...copied(image)]) {
      expect(existsSync(path), path).toBe(true);
      expect(ignored, path).toContain(`!${path}`);
    }
  });

  it('starts by every line that docs/containers.md gives', () => {
    const environment = (text: string, pattern: RegExp) =>
      Object.fromEntries(
        [...text.matchAll(pattern)].map(([, name = '', value = '']) => [name, value.replace(/^"(.*)"$/, '$1')]),
      );
    const ofImage = environment(/^ENV (HOST.*)$/m.exec(image)?.[1] ?? '', /(\w+)=(\S+)/g);
    const guide = readFileSync('docs/containers.md', 'utf8');
    const lines = [...guide.matchAll(/^docker run (.*?) ecs-graphql ?(.*)$/gm)].map(([, options = '', args = '']) => {
      const [command = 'serve', ...flags] = args.split(' ').filter((word) => word !== '');
      const given = environment(options.replace(/"\$\(.*?\)"/, 'x'.repeat(64)), /-e (\w+)=(\S+)/g);
      return loadConfig(command as Command, flags, { ...ofImage, ...given });
    });
    expect(lines).toMatchObject([
      { command: 'sandbox', host: '0.0.0.0', port: 4000, ecsPort: 4510, token: undefined, graphiql: true },
      { command: 'ecs', host: '0.0.0.0', ecsPort: 4510 },
      { command: 'serve', host: '0.0.0.0', port: 4000, awsRegion: 'eu-west-1', graphiql: false },
    ]);
    const services = [...guide.matchAll(/command: \[(\w+)\]\n {4}environment:\n((?: {6}.*\n)+)/g)].map(
      ([, command, text = '']) =>
        loadConfig(command as Command, [], { ...ofImage, ...environment(text, /(\w+): (.*)/g) }),
    );
    expect(services).toMatchObject([
      { command: 'ecs', ecsPort: 4510 },
      { command: 'serve', awsEndpointUrl: 'http://ecs:4510', allowInsecureEndpoint: true, graphiql: true },
    ]);
    for (const { ecsPort, port } of services) expect(image).toMatch(new RegExp(`^EXPOSE ${port} ${ecsPort}$`, 'm'));
  });

  it('has the labels of the OCI, for the arguments that a release gives', () => {
    const [, labels = ''] = /^LABEL ((?:.*\\\n)*.*)$/m.exec(image) ?? [];
    const given = Object.fromEntries(
      [...labels.matchAll(/org\.opencontainers\.image\.([\w.]+)="(.*?)"/g)].map(([, key, value]) => [key, value]),
    );
    expect(given).toMatchObject({
      title: 'ecs-graphql',
      licenses: 'Apache-2.0',
      version: `\${VERSION}`,
      revision: `\${REVISION}`,
      created: `\${CREATED}`,
      'base.name': `\${BASE}`,
    });
    const args = [...image.matchAll(/^ARG (\w+)/gm)].map(([, name]) => name);
    expect(args).toEqual(['BASE', 'VERSION', 'REVISION', 'CREATED']);
    const guide = readFileSync('docs/containers.md', 'utf8');
    for (const name of args) expect(guide).toContain(`--build-arg ${name}=`);
  });

  it('runs without root, and asks for the health by a command of the same program', () => {
    expect(image).toMatch(/^USER node$/m);
    const [, program] = /^ENTRYPOINT (\[.*\])$/m.exec(image) ?? [];
    const [, check] = /^HEALTHCHECK .* CMD (\[.*\])$/m.exec(image) ?? [];
    expect(JSON.parse(check ?? '')).toEqual([...JSON.parse(program ?? ''), 'healthcheck']);
  });
});
