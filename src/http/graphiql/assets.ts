import { readFile } from 'node:fs/promises';

/** GraphiQL's files, as the build left them in `dist/graphiql`. */
export interface Assets {
  /** Changes with the content, so that browsers may keep the files for ever. */
  readonly hash: string;
  /** A file's bytes; undefined where there is none of that name. */
  read(name: string, gzip: boolean): Promise<Buffer | undefined>;
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  ico: 'image/x-icon',
};

/** The media type of a file by its name. */
export function mediaType(name: string): string {
  return TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}

/** Where the files are: beside the bundle, or in `dist` when the sources run. */
function candidates(): readonly URL[] {
  return [new URL('./graphiql/', import.meta.url), new URL('../../../dist/graphiql/', import.meta.url)];
}

/** Opens the files, reading no more than their manifest; undefined where nobody built them. */
export async function openAssets(directories: readonly URL[] = candidates()): Promise<Assets | undefined> {
  for (const directory of directories) {
    const text = await readFile(new URL('manifest.json', directory), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const { hash, files } = JSON.parse(text) as { hash: string; files: string[] };
    const names = new Set(files);
    return {
      hash,
      async read(name, gzip) {
        // Names come from the URL, so none but those of the manifest reaches the file system.
        if (!names.has(name)) return undefined;
        return readFile(new URL(gzip ? `${name}.gz` : name, directory));
      },
    };
  }
  return undefined;
}
