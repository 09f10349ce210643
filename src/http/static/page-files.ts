import type { AssetFolder, Assets, openAssets } from './assets.ts';

/** Opens the files of a page once, with its first visitor. A text says that the page was not built; the next visitor looks again. */
export function createOpener(folder: AssetFolder, open: typeof openAssets): () => Promise<Assets | string> {
  let opened: Promise<Assets | undefined> | undefined;
  return async () => {
    opened ??= open(folder);
    const assets = await opened;
    if (assets) return assets;
    opened = undefined;
    return `The files of ${folder} are missing: run "npm run build".\n`;
  };
}

/** Whether a browser navigates here: it accepts HTML, and no answer of an operation. */
export function wantsHtml(request: Request): boolean {
  const accepts = request.headers.get('accept') ?? '';
  return /\btext\/html\b/.test(accepts) && !/application\/(graphql-response\+)?json/.test(accepts);
}
