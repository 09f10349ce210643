import type { ApolloClient, TypedDocumentNode } from '@apollo/client';
import type { Client as UrqlClient } from '@urql/core';
import type { Client as WsClient } from 'graphql-ws';
import relay, { type ConcreteRequest, type Environment } from 'relay-runtime';
import type { ClientProject } from './project.ts';
import type { Endpoint } from './served.ts';

/** A service of the demo world. */
export type Service = Readonly<Record<'cluster' | 'service', string>>;

/** One event, as far as every client of the guide shows it. */
export interface Event {
  /** The bot posts summaries alone. */
  readonly type?: string;
  readonly summary: string;
}

export interface Listener {
  readonly onEvent: (event: Event) => void;
  readonly onError: (error: unknown) => void;
}

/** A client of docs/clients.md as the outage tests drive it. */
export interface Subject {
  follow(service: Service, listener: Listener): () => void;
  /** Reads a service's desired count, or the codes of what went wrong; absent where the client runs no queries. */
  readonly ask?: (service: Service) => Promise<number | readonly unknown[]>;
  close(): void;
}

export type CreateSubject = (project: ClientProject, endpoint: Endpoint) => Promise<Subject>;

interface View {
  readonly service?: { readonly desiredCount: number } | null;
  readonly serviceEvents?: Event;
}

const load = <Module>(project: ClientProject, file: string): Promise<Module> =>
  import(/* @vite-ignore */ project.path(file));
const documentsOf = (project: ClientProject) =>
  load<Record<'ServiceEventsDocument' | 'ServicePageDocument', TypedDocumentNode<View, Record<string, unknown>>>>(
    project,
    'src/gql/graphql.ts',
  );

const apollo: CreateSubject = async (project, endpoint) => {
  const { createApolloClient, errorCodes } = await load<{
    createApolloClient(endpoint: Endpoint): ApolloClient;
    errorCodes(error: unknown): string[];
  }>(project, 'src/apollo.ts');
  const documents = await documentsOf(project);
  const client = createApolloClient(endpoint);
  return {
    follow(variables, { onEvent, onError }) {
      const events = client.subscribe({ query: documents.ServiceEventsDocument, variables });
      const subscription = events.subscribe({
        next: ({ data, error }) => {
          if (error) onError(error);
          else if (data?.serviceEvents) onEvent(data.serviceEvents);
        },
        error: onError,
      });
      return () => subscription.unsubscribe();
    },
    async ask(variables) {
      const { data, error } = await client.query({ query: documents.ServicePageDocument, variables });
      return data?.service?.desiredCount ?? errorCodes(error);
    },
    close: () => client.stop(),
  };
};

const urql: CreateSubject = async (project, endpoint) => {
  const { createUrqlClient } = await load<{ createUrqlClient(endpoint: Endpoint): UrqlClient }>(project, 'src/urql.ts');
  const documents = await documentsOf(project);
  const client = createUrqlClient(endpoint);
  return {
    follow(variables, { onEvent, onError }) {
      const { unsubscribe } = client
        .subscription(documents.ServiceEventsDocument, variables)
        .subscribe(({ data, error }) => {
          if (error) onError(error);
          else if (data?.serviceEvents) onEvent(data.serviceEvents);
        });
      return unsubscribe;
    },
    async ask(variables) {
      const { data, error } = await client.query(documents.ServicePageDocument, variables).toPromise();
      return data?.service?.desiredCount ?? error?.graphQLErrors.map(({ extensions }) => extensions.code) ?? [];
    },
    close: () => undefined,
  };
};

const relayModern: CreateSubject = async (project, endpoint) => {
  const { createEnvironment } = await load<{ createEnvironment(endpoint: Endpoint): Environment }>(
    project,
    'src/relay/environment.ts',
  );
  const artifact = async (name: string) =>
    (await load<{ default: ConcreteRequest }>(project, `src/relay/__generated__/${name}.graphql.ts`)).default;
  const [query, subscription] = await Promise.all([
    artifact('serviceTasksQuery'),
    artifact('serviceTasksEventsSubscription'),
  ]);
  const environment = createEnvironment(endpoint);
  return {
    follow(variables, { onEvent, onError }) {
      const onNext = (data: unknown) => {
        const event = (data as View | undefined)?.serviceEvents;
        if (event) onEvent(event);
      };
      const { dispose } = relay.requestSubscription(environment, { subscription, variables, onNext, onError });
      return dispose;
    },
    async ask(variables) {
      try {
        await relay.fetchQuery(environment, query, { ...variables, count: 1 }).toPromise();
        const record = Object.values(environment.getStore().getSource().toJSON()).find(
          (each) => each?.__typename === 'Service',
        );
        return Number(record?.desiredCount);
      } catch (error) {
        const { source } = error as { source?: { errors?: { extensions?: { code?: unknown } }[] } };
        return source?.errors?.map(({ extensions }) => extensions?.code) ?? [String(error)];
      }
    },
    close: () => undefined,
  };
};

const bot: CreateSubject = async (project, endpoint) => {
  const { createLiveClient } = await load<{ createLiveClient(endpoint: Endpoint): WsClient }>(project, 'src/live.ts');
  const { follow } = await load<{
    follow(client: WsClient, variables: Service, post: (line: string) => boolean): Promise<string | undefined>;
  }>(project, 'src/bot.ts');
  const client = createLiveClient(endpoint);
  return {
    follow(variables, { onEvent, onError }) {
      let goesOn = true;
      follow(client, variables, (summary) => {
        onEvent({ summary });
        return goesOn;
      }).catch(onError);
      return () => {
        goesOn = false;
        void client.dispose();
      };
    },
    close: () => void client.dispose(),
  };
};

/** Every client of the guide that subscribes over WebSocket. */
export const SUBJECTS: Readonly<Record<string, CreateSubject>> = {
  'Apollo Client': apollo,
  urql,
  Relay: relayModern,
  'a bot': bot,
};
