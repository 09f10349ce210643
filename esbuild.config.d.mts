/** Bundles src/main.ts into a folder (a `file:` URL with a slash at its end). */
export function bundle(dist?: URL): Promise<void>;
/** Writes GraphiQL's files into `graphiql/` of a folder. */
export function extractGraphiql(dist?: URL): Promise<void>;
/** Writes what the installed SDK says of its shapes into `sdk-docs.json` of a folder. */
export function writeSdkDocs(dist?: URL): Promise<void>;
