import type { GraphQLSchema } from 'graphql';
import { createApp as create } from './app.ts';
import { loadConfig } from './config/index.ts';
import { createSchema as build } from './schema/index.ts';

/** A gateway in this process. */
export interface App {
  /** Answers a request without a socket, as the server would. */
  fetch(request: Request): Promise<Response>;
  /** Listens on HOST and PORT; `/graphql` is below the URL. */
  listen(): Promise<{ url: string }>;
  /** Reads the files of tokens again; false where one was refused. Absent where there is no such file. */
  readonly reload?: () => Promise<boolean>;
  /** Lets running operations end, ends subscriptions, and closes. */
  dispose(): Promise<void>;
}

/**
 * Makes a gateway over Amazon ECS, or over anything that speaks its protocol.
 * @param settings by the names of the environment variables in docs/settings.md, such as `AWS_REGION`. The environment itself is not
 * read, but by the AWS SDK for credentials.
 * @throws an error that lists every setting that is wrong
 */
export function createApp(settings: Readonly<Record<string, string | undefined>> = {}): Promise<App> {
  return create(loadConfig('serve', [], { ...settings }));
}

/** The schema with its resolvers, to print it, to generate code from it, or to validate documents against it. */
export function createSchema(): GraphQLSchema {
  return build();
}
