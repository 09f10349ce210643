// Prints a CycloneDX document of what the image and the package hold: `npm run sbom`. npm knows every package of the lock file; this keeps those
// that the build bundles or copies: into the program, GraphiQL's page, the dashboard, and the native module of HISTORY.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from '../esbuild.config.mjs';

const ROOT = new URL('../', import.meta.url);
const read = async (path) => JSON.parse(await readFile(new URL(path, ROOT), 'utf8'));

/** The package whose ready-made files are GraphiQL's page. */
const PAGE = '@graphql-yoga/render-graphiql';

/** The files in the program: of the build that left its metafile.json, or of one that is made for this. */
async function inputs() {
  if (process.argv.includes('--metafile')) return (await read('metafile.json')).inputs;
  const folder = await mkdtemp(join(tmpdir(), 'ecs-graphql-sbom-'));
  try {
    return (await bundle(pathToFileURL(`${folder}/`))).inputs;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `name@version` of each package with a file in the program. */
async function bundled() {
  const folders = new Set(
    Object.keys(await inputs()).flatMap(
      (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? [],
    ),
  );
  const packages = await Promise.all([...folders].map((path) => read(`${path}/package.json`)));
  return packages.map(({ name, version }) => `${name}@${version}`);
}

/** The packages of these names at the top, and all that they depend on. */
function closure(names, { components, dependencies }) {
  const edges = new Map(dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
  const seen = new Set(components.filter(({ name }) => names.includes(name)).map((one) => one['bom-ref']));
  for (const ref of seen) for (const next of edges.get(ref) ?? []) seen.add(next);
  // Native modules have a package for each platform, of which one is installed.
  return [...seen].filter((ref) => existsSync(new URL(`node_modules/${ref.slice(0, ref.lastIndexOf('@'))}`, ROOT)));
}

const document = JSON.parse(
  execFileSync('npm', ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  }),
);
const dashboard = Object.keys((await read('examples/dashboard/package.json')).dependencies ?? {});
const page = document.components.filter(({ name }) => name === PAGE).map((one) => one['bom-ref']);
const kept = new Set([...(await bundled()), ...closure([...dashboard, 'libsql'], document), ...page]);
const components = document.components
  .filter((one) => kept.has(one['bom-ref']))
  // To npm these are development packages, because the build bundles them; in the image they are what runs.
  .map(({ properties: _properties, ...one }) => ({ ...one, scope: 'required' }));
const { name, version } = await read('package.json');
const root = document.metadata.component['bom-ref'];
process.stdout.write(
  `${JSON.stringify(
    {
      ...document,
      metadata: {
        ...document.metadata,
        lifecycles: [{ phase: 'build' }],
        component: { ...document.metadata.component, type: 'application', name, version },
      },
      components,
      dependencies: [
        { ref: root, dependsOn: components.map((one) => one['bom-ref']) },
        ...document.dependencies
          .filter(({ ref }) => kept.has(ref))
          .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) })),
      ],
    },
    null,
    2,
  )}\n`,
);
