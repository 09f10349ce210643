import type { GraphQLSchema } from 'graphql';
import { createApp as create } from './app.ts';
import { loadConfig } from './config/index.ts';
import { createSchema as build } from './schema/index.ts';

/** A gateway that runs in this process. */
export interface App {
  /** Answers a request without a socket, as the server would. */
  fetch(request: Request): Promise<Response>;
  /** Listens on HOST and PORT. `/graphql` is below the URL. */
  listen(): Promise<{ url: string }>;
  /** Reloads the token files; false if one was refused. Absent if there is no such file. */
  readonly reload?: () => Promise<boolean>;
  /** Waits for running operations, ends subscriptions, and closes. */
  dispose(): Promise<void>;
}

/**
 * Creates a gateway over Amazon ECS, or over any endpoint that speaks its protocol.
 * @param settings keyed by the environment variables in docs/settings.md, such as `AWS_REGION`. Only the AWS SDK reads
 * the environment itself, for credentials.
 * @throws an error that lists every wrong setting
 */
export function createApp(settings: Readonly<Record<string, string | undefined>> = {}): Promise<App> {
  return create(loadConfig('serve', [], { ...settings }));
}

/** The schema with its resolvers, for printing it, generating code from it, or validating documents against it. */
export function createSchema(): GraphQLSchema {
  return build();
}
