import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config/index.ts';
import type { Command } from '../../src/config/setting.ts';
import { VISIBILITY_MS } from '../../src/ecs/queue/message-queue.ts';
import { DETAIL_TYPES } from '../../src/inventory/sources/parse-event.ts';
import { startTestApp } from '../support/gateway/test-app.ts';

const read = (path: string) => readFileSync(path, 'utf8');
const IMAGE = { HOST: '0.0.0.0', PORT: '4000' };
/** Placeholders for secrets, and for values that the person who deploys gives. */
const GIVEN = { ECS_GRAPHQL_TOKEN: 'x'.repeat(48) };
/** Variables that the caller of Compose gives. */
const COMPOSE_GIVEN: Readonly<Record<string, string>> = {
  ...GIVEN,
  SHARED_ENCRYPTION_KEYS: randomBytes(32).toString('base64'),
  AWS_REGION: 'eu-west-1',
};

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook: string };
}
interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const rules = (parse(read('deploy/prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const { panels } = JSON.parse(read('deploy/grafana/ecs-graphql.json')) as { panels: Panel[] };
const expressions = [
  ...rules.map(({ expr }) => expr),
  ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
];

/** Names of metrics in an expression, without the suffixes of histograms. */
const metricsIn = (expression: string) =>
  [...expression.matchAll(/\b(?:ecs_graphql|nodejs|process)_\w+/g)].map(([name]) => name.replace(/_bucket$/, ''));

describe('alerts and panels', () => {
  it('read served metrics, and show every one of ours in a panel', async () => {
    // A Redis that does not answer: the gateway serves the metrics of replicas all the same.
    await using server = await startTestApp({ shared: 'redis://127.0.0.1:1' });
    await server.query('{ __typename }');
    const text = await (await server.app.fetch(new Request('http://localhost/metrics'))).text();
    const served = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
    expect(served.size).toBeGreaterThan(25);
    expect(expressions.flatMap(metricsIn).filter((name) => !served.has(name))).toEqual([]);
    const shown = new Set(panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsIn(expr))));
    const ours = [...served].filter((name) => name?.startsWith('ecs_graphql_'));
    expect(ours.filter((name) => name !== undefined && !shown.has(name))).toEqual([]);
  });

  it('name codes that there are', () => {
    const codes = expressions.flatMap((expr) =>
      [...expr.matchAll(/outcome(?:=~?|!=)"([^"]*)"/g)].flatMap(([, value = '']) => value.split('|')),
    );
    const table = read('docs/errors.md');
    for (const code of codes) expect(code === 'ok' || table.includes(`| ${code} |`), code).toBe(true);
  });

  it('have a paragraph of the runbook for each alert, and no other', () => {
    const headings = [...read('docs/runbook.md').matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(rules.map(({ alert }) => alert));
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
    }
  });

  it.runIf(existsSync('/usr/bin/promtool'))('pass promtool', () => {
    const check = (...args: string[]) => execFileSync('/usr/bin/promtool', ['check', ...args], { encoding: 'utf8' });
    expect(check('rules', 'deploy/prometheus/alerts.yml')).toContain(`SUCCESS: ${rules.length} rules found`);
    expect(check('config', '--syntax-only', 'deploy/prometheus/prometheus.yml')).toContain('SUCCESS');
  });
});

/** Every way in which deploy/ starts the program: its words and its environment. */
function starts(): readonly {
  readonly file: string;
  readonly words: readonly string[];
  readonly env: Record<string, string>;
}[] {
  const compose = readdirSync('deploy/compose').flatMap((name) => {
    const { services } = parse(read(`deploy/compose/${name}`)) as {
      services: Record<string, { image: string; command: string[]; environment: Record<string, unknown> }>;
    };
    return Object.values(services)
      .filter(({ image }) => image === 'ecs-graphql')
      .map(({ command, environment }) => {
        const resolved = Object.entries(environment).map(([key, value]) => [
          key,
          // ${NAME:?message} and ${NAME:-default} as Compose resolves them.
          String(value).replace(
            /\$\{(\w+)(?::[?-]([^}]*))?\}/g,
            (_, variable: string, fallback = '') => COMPOSE_GIVEN[variable] ?? fallback,
          ),
        ]);
        return { file: name, words: command, env: Object.fromEntries(resolved) as Record<string, string> };
      });
  });

  interface Container {
    readonly args: string[];
    readonly env: { name: string; value?: string }[];
  }
  const kubernetes = parseAllDocuments(read('deploy/kubernetes/gateway.yaml'))
    .map((document) => document.toJS() as { kind: string; spec: { template: { spec: { containers: Container[] } } } })
    .filter(({ kind }) => kind === 'Deployment')
    .flatMap(({ spec }) => spec.template.spec.containers)
    .map(({ args, env }) => ({
      file: 'gateway.yaml',
      words: args,
      env: Object.fromEntries(env.map(({ name, value }) => [name, value ?? GIVEN.ECS_GRAPHQL_TOKEN])),
    }));

  interface Definition {
    readonly Type: string;
    readonly Properties: {
      ContainerDefinitions: { Command: string[]; Environment: { Name: string; Value: unknown }[] }[];
    };
  }
  const template = JSON.parse(read('deploy/ecs/gateway.template.json')) as { Resources: Record<string, Definition> };
  const ecs = Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::ECS::TaskDefinition')
    .flatMap(({ Properties }) => Properties.ContainerDefinitions)
    .map(({ Command, Environment }) => ({
      file: 'gateway.template.json',
      words: Command,
      env: {
        ...GIVEN,
        ...Object.fromEntries(
          Environment.map(({ Name, Value }) => [Name, typeof Value === 'string' ? Value : 'eu-west-1']),
        ),
      },
    }));
  return [...compose, ...kubernetes, ...ecs];
}

describe('deploy/', () => {
  it('starts the program with settings that it has', () => {
    const settings = read('docs/settings.md');
    const all = starts();
    expect(all.map(({ file, words }) => `${file}: ${words[0]}`)).toEqual([
      'monitoring.yaml: serve',
      'sandbox.yaml: sandbox',
      'gateway.yaml: serve',
      'gateway.template.json: serve',
    ]);
    for (const { file, words, env } of all) {
      const [command, ...flags] = words;
      expect(() => loadConfig(command as Command, flags, { ...IMAGE, ...env }), file).not.toThrow();
      const own = Object.keys(env).filter((name) => !/^(AWS_PROFILE|HOME)$/.test(name));
      for (const name of own) expect(settings, `${file}: ${name}`).toContain(`\`${name}\``);
    }
  });

  it.each(['monitoring', 'sandbox'])('names the user of each image that cannot change it: %s.yaml', (name) => {
    const { services } = parse(read(`deploy/compose/${name}.yaml`)) as {
      services: Record<string, { image: string; user?: string; cap_drop?: string[] }>;
    };
    // The user of the gateway's own image is set in its Dockerfile.
    const others = Object.values(services).filter(({ image }) => image !== 'ecs-graphql');
    for (const { image, user, cap_drop } of others) if (cap_drop) expect(user, image).toMatch(/^(?!root|0)./);
  });

  // deploy/events has tests of its own, with the schemas of CloudFormation and of Terraform's provider.
  it.each(['queue', 'endpoint', 'member'])('sends the kinds of events that the inventory uses: %s', (name) => {
    const { Resources } = parse(read(`deploy/events/${name}.yaml`), { logLevel: 'silent' }) as {
      Resources: Record<string, { Properties: Record<string, unknown> }>;
    };
    expect(Resources.Changes?.Properties.EventPattern).toEqual({ source: ['aws.ecs'], 'detail-type': DETAIL_TYPES });
    if (name === 'queue') expect(Resources.Events?.Properties.VisibilityTimeout).toBe(VISIBILITY_MS / 1_000);
  });
});
