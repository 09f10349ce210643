import { readFile } from 'node:fs/promises';

/** The files of one page, as the build left them in a folder of `dist`. */
export interface Assets {
  /** Changes with the content of the files. */
  readonly hash: string;
  /** The bytes of a file; undefined if no file has this name. */
  read(name: string, gzip: boolean): Promise<Buffer | undefined>;
}

/** The folders of `dist` that hold a page. */
export type AssetFolder = 'graphiql' | 'dashboard';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  ico: 'image/x-icon',
};

/** Folders that may hold the files: beside the bundle, or in `dist` when the sources run. */
function candidates(folder: AssetFolder): readonly URL[] {
  return [new URL(`./${folder}/`, import.meta.url), new URL(`../../../dist/${folder}/`, import.meta.url)];
}

/** Opens the files of a page and reads only their manifest; undefined if the page was not built. */
export async function openAssets(
  folder: AssetFolder,
  directories: readonly URL[] = candidates(folder),
): Promise<Assets | undefined> {
  for (const directory of directories) {
    const text = await readFile(new URL('manifest.json', directory), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const { hash, files } = JSON.parse(text) as { hash: string; files: string[] };
    const names = new Set(files);
    return {
      hash,
      async read(name, gzip) {
        // The name comes from the URL, so only names in the manifest reach the file system.
        if (!names.has(name)) return undefined;
        return readFile(new URL(gzip ? `${name}.gz` : name, directory));
      },
    };
  }
  return undefined;
}

/**
 * The response with one file, compressed if the browser accepts it; 404 if `name` is undefined or unknown. Browsers
 * keep it forever unless the given headers say otherwise: the URLs of these files change with their content.
 */
export async function answerWithAsset(
  request: Request,
  assets: Assets,
  name: string | undefined,
  own: Readonly<Record<string, string>> = {},
): Promise<{ readonly body: Uint8Array<ArrayBuffer> | null; readonly init: ResponseInit }> {
  const gzip = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
  const bytes = name === undefined ? undefined : await assets.read(name, gzip);
  if (name === undefined || !bytes) return { body: null, init: { status: 404 } };
  const headers = {
    'content-type': TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding',
    ...(gzip && { 'content-encoding': 'gzip' }),
    ...own,
  };
  return { body: new Uint8Array(bytes), init: { headers } };
}
