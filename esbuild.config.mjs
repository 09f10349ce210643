// Builds dist/: the program, which needs no node_modules, with the sandbox and other parts as chunks that load when they are
// asked for, the files of GraphiQL and of the dashboard, and the SDK's words for introspection.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { build } from 'esbuild';

const DIST = new URL('./dist/', import.meta.url);
const GRAPHIQL_PACKAGE = new URL('./node_modules/@graphql-yoga/render-graphiql/', import.meta.url);

/** How everything is bundled: the program, and what the benchmark compares its start with. */
export const OPTIONS = {
  absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // ES modules where packages have them: CommonJS is neither thinned out nor hoisted, which costs start and memory.
  mainFields: ['module', 'main'],
  // graphql-js looks for a second copy of itself at every `instanceof` otherwise, and there is none in a bundle.
  define: { 'process.env.NODE_ENV': '"production"', 'globalThis.process.env.NODE_ENV': '"production"' },
  // Node holds the text of what it runs. Names stay, so that stacks can be read; --enable-source-maps tells the lines.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  // CommonJS packages in the bundle call require() for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

/**
 * What of the SDK the program needs to start is its client alone. Named from the package's index, esbuild would put the index, with
 * every command, into the same chunk.
 */
const CLIENT_ALONE = {
  name: 'client-alone',
  setup({ onResolve }) {
    onResolve({ filter: /^@aws-sdk\/client-ecs$/ }, ({ importer }) => {
      if (!importer.endsWith('/src/ecs/sdk/client.ts')) return undefined;
      const file = new URL('./node_modules/@aws-sdk/client-ecs/dist-es/ECSClient.js', import.meta.url);
      // esbuild names files by their real paths: where node_modules is a link, there would be two of this one.
      return { path: realpathSync(file) };
    });
  },
};

/**
 * Bundles the program and the library entries into a folder, and tells what went into the program. The gateway as a library takes
 * graphql from its user: a schema of another copy of graphql is none to graphql-js.
 */
export async function bundle(dist = DIST) {
  await rm(new URL('chunks/', dist), { recursive: true, force: true });
  await build({
    ...OPTIONS,
    entryPoints: { gateway: 'src/gateway.ts' },
    chunkNames: 'chunks/gateway/[name]-[hash]',
    external: ['graphql'],
    plugins: [CLIENT_ALONE],
    outdir: fileURLToPath(dist),
  });
  const { metafile } = await build({
    ...OPTIONS,
    entryPoints: { main: 'src/main.ts', sandbox: 'src/sandbox/index.ts' },
    plugins: [CLIENT_ALONE],
    outdir: fileURLToPath(dist),
    sourcemap: 'linked',
    sourcesContent: false,
  });
  // Read by the chunk that loads where policies are configured.
  const cedar = new URL('./node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm', import.meta.url);
  await copyFile(cedar, new URL('chunks/cedar.wasm', dist));
  await chmod(new URL('main.js', dist), 0o755);
  return metafile;
}

/** Writes GraphiQL's files and their manifest, unless those of this version are there. */
export async function extractGraphiql(dist = DIST) {
  const out = new URL('graphiql/', dist);
  // What we put around GraphiQL: one script and one style sheet.
  const { outputFiles } = await build({
    absWorkingDir: OPTIONS.absWorkingDir,
    entryPoints: ['src/http/graphiql/client/boot.js', 'src/http/graphiql/client/page.css'],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    outdir: 'out',
    write: false,
    define: OPTIONS.define,
    legalComments: 'none',
  });
  const own = Object.fromEntries(outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)]));
  const { version } = JSON.parse(await readFile(new URL('package.json', GRAPHIQL_PACKAGE), 'utf8'));
  const hash = createHash('sha256')
    .update(`${version}\n`)
    .update(Buffer.concat(Object.values(own)))
    .digest('hex')
    .slice(0, 12);
  const manifest = await readFile(new URL('manifest.json', out), 'utf8').catch(() => '{}');
  if (JSON.parse(manifest).hash === hash) return;

  const graphiql = await import('@graphql-yoga/render-graphiql/graphiql');
  const files = {
    'graphiql.js': graphiql.js,
    'graphiql.css': graphiql.css,
    'editor.worker.js': graphiql.editorWorkerService,
    'json.worker.js': graphiql.jsonWorker,
    'graphql.worker.js': graphiql.graphqlWorker,
    'favicon.ico': Buffer.from(graphiql.favicon.slice(graphiql.favicon.indexOf(',') + 1), 'base64'),
    ...own,
  };
  await writeAssets(out, hash, files);
}

/** Builds the dashboard of examples/dashboard, unless that of these sources is there. */
export async function buildDashboard(dist = DIST) {
  const out = new URL('dashboard/', dist);
  const source = new URL('./examples/dashboard/', import.meta.url);
  const inputs = ['package-lock.json', 'schema.graphql', ...(await dashboardSources())];
  const texts = await Promise.all(inputs.map((name) => readFile(new URL(name, import.meta.url))));
  const hash = createHash('sha256').update(Buffer.concat(texts)).digest('hex').slice(0, 12);
  const manifest = await readFile(new URL('manifest.json', out), 'utf8').catch(() => '{}');
  if (JSON.parse(manifest).hash === hash) return;

  await promisify(execFile)(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('codegen.ts', source))]);
  const { build } = await import('vite');
  const configFile = fileURLToPath(new URL('vite.config.ts', source));
  const result = await build({ configFile, logLevel: 'warn', build: { write: false } });
  const files = Object.fromEntries(result.output.map((file) => [file.fileName, file.code ?? file.source]));
  await writeAssets(out, hash, files);
}

/** The files that the dashboard is made from; generated ones follow from them. */
async function dashboardSources() {
  const names = await readdir(new URL('examples/dashboard/', import.meta.url), {
    recursive: true,
    withFileTypes: true,
  });
  const root = fileURLToPath(new URL('.', import.meta.url));
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/\/(src\/generated|dist|node_modules)\//.test(path))
    .sort();
}

/** Writes the files of a page, compressed too, and their manifest. */
async function writeAssets(out, hash, files) {
  await rm(out, { recursive: true, force: true });
  await Promise.all(
    Object.entries(files).map(async ([name, content]) => {
      const file = new URL(name, out);
      await mkdir(new URL('.', file), { recursive: true });
      await writeFile(file, content);
      await writeFile(`${fileURLToPath(file)}.gz`, await promisify(gzip)(content));
    }),
  );
  // Last, so that an interrupted build is not taken for a complete one.
  await writeFile(new URL('manifest.json', out), JSON.stringify({ hash, files: Object.keys(files) }));
}

/** The library entries, whose declarations are published with all that these refer to. */
const TYPED = ['src/sandbox/index.d.ts', 'src/gateway.d.ts'];

/** Writes the declarations of the library entries into `types/` of a folder. */
export async function writeTypes(dist = DIST) {
  const out = new URL('types/', dist);
  const all = new URL('all-types/', dist);
  await Promise.all([out, all].map((folder) => rm(folder, { recursive: true, force: true })));
  const tsc = fileURLToPath(new URL('./node_modules/typescript/bin/tsc', import.meta.url));
  const options = ['--project', 'tsconfig.types.json', '--outDir', fileURLToPath(all)];
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  // It complains about types of inner files that cannot be named in a declaration. Those of the entries can, or are not found below.
  await promisify(execFile)(process.execPath, [tsc, ...options], { cwd }).catch(() => undefined);
  const seen = new Set(TYPED);
  for (const file of seen) {
    const text = await readFile(new URL(file, all), 'utf8');
    for (const [, path] of text.matchAll(/from '(\.[^']*)\.ts'/g)) {
      seen.add(new URL(`${path}.d.ts`, `file:///${file}`).pathname.slice(1));
    }
    const target = new URL(file, out);
    await mkdir(new URL('.', target), { recursive: true });
    await writeFile(target, text.replaceAll(/from '(\.[^']*)\.ts'/g, "from '$1.js'"));
  }
  await rm(all, { recursive: true });
}

/** Whether the bundle is newer than all that it is made from. */
async function isFresh() {
  const sources = (await readdir('src', { recursive: true })).map((file) => `src/${file}`);
  const dashboard = await dashboardSources();
  const times = ['package-lock.json', 'esbuild.config.mjs', 'schema.graphql', ...sources, ...dashboard].map(
    async (file) => (await stat(file)).mtimeMs,
  );
  const built = await stat(new URL('main.js', DIST)).catch(() => undefined);
  return built !== undefined && built.mtimeMs > Math.max(...(await Promise.all(times)));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const isDue = !process.argv.includes('--if-stale') || !(await isFresh());
  if (isDue) {
    const [metafile] = await Promise.all([bundle(), extractGraphiql(), buildDashboard()]);
    // The files that went into the program: deploy/sbom.mjs reads their packages.
    if (process.argv.includes('--metafile')) await writeFile('metafile.json', JSON.stringify(metafile));
  }
  if (process.argv.includes('--types')) await writeTypes();
}
