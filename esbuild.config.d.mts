import type { BuildOptions, Metafile } from 'esbuild';

/** How everything is bundled: the program, and what the benchmark compares its start with. */
export const OPTIONS: BuildOptions;
/** Bundles the program and the library entries into a folder (a `file:` URL with a slash at its end), and tells what went into the program. */
export function bundle(dist?: URL): Promise<Metafile>;
/** Writes GraphiQL's files into `graphiql/` of a folder. */
export function extractGraphiql(dist?: URL): Promise<void>;
/** Builds the dashboard into `dashboard/` of a folder. */
export function buildDashboard(dist?: URL): Promise<void>;
/** Writes the declarations of the library entries into `types/` of a folder. */
export function writeTypes(dist?: URL): Promise<void>;
