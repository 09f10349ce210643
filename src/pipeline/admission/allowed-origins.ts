import { isLoopback } from '../../config/urls.ts';

export interface OriginSettings {
  /** Whether callers must authenticate. */
  readonly asksForToken: boolean;
  readonly allowedOrigins: readonly string[];
}

/** The hosts that this server answers for, and the pages that may open its WebSocket. */
export interface Origins {
  /**
   * Whether a Host header is allowed. Without a token the host name is the only barrier between a web page and the
   * graph: for the browser, a page whose own name was rebound to 127.0.0.1 has the same origin.
   */
  isHostAllowed(host: string | null | undefined): boolean;
  /** Whether a page may connect: no page (bots, tools), a page of this host, or a page of a listed origin. */
  isOriginAllowed(origin: string | null | undefined, host: string | null | undefined): boolean;
}

export const OTHER_HOST =
  'Without a token, this server answers for localhost and 127.0.0.1 only. List the origin of another host in ALLOWED_ORIGINS.';
export const OTHER_ORIGIN =
  'Pages of other origins may not call this server. List the origin in ALLOWED_ORIGINS to allow it.';

/** Characters that end the host of a URL, or name a user before it. A Host header has none of them. */
const NOT_IN_HOSTS = /[@/?#\\\s]/;

export function createOrigins(settings: OriginSettings): Origins {
  const guarded = !settings.asksForToken;
  const listed = new Set(settings.allowedOrigins.map((origin) => origin.toLowerCase()));
  const listedHosts = new Set([...listed].filter((origin) => origin !== '*').map((origin) => new URL(origin).host));
  return {
    isHostAllowed(host) {
      if (!guarded) return true;
      const url = `http://${host ?? ''}`;
      if (NOT_IN_HOSTS.test(host ?? '') || !URL.canParse(url)) return false;
      return isLoopback(new URL(url).hostname) || listedHosts.has(new URL(url).host);
    },
    isOriginAllowed(origin, host) {
      if (origin === undefined || origin === null) return true;
      const value = origin.toLowerCase();
      if (listed.has('*') || listed.has(value)) return true;
      return URL.canParse(value) && host !== undefined && new URL(value).host === host?.toLowerCase();
    },
  };
}
