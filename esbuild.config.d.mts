import type { BuildOptions, Metafile } from 'esbuild';

/** How everything is bundled: the program, and what the benchmark compares its start with. */
export const OPTIONS: BuildOptions;
/** Bundles src/main.ts into a folder (a `file:` URL with a slash at its end), and tells what went where. */
export function bundle(dist?: URL): Promise<Metafile>;
/** Writes GraphiQL's files into `graphiql/` of a folder. */
export function extractGraphiql(dist?: URL): Promise<void>;
/** Writes what the installed SDK says of its shapes into `sdk-docs.json` of a folder. */
export function writeSdkDocs(dist?: URL): Promise<void>;
