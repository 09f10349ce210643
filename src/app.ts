import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { openAccess, openAudit, openLimits, openManifests, openPolicy, problems } from './compose/open-access.ts';
import { createTrusts, openEvents, shareEvents } from './compose/open-events.ts';
import { openInventory } from './compose/open-inventory.ts';
import { openMcp } from './compose/open-mcp.ts';
import { countsOf, createChangeTurns, createIdempotencyStore, openReplicas } from './compose/open-replicas.ts';
import { openScopes } from './compose/open-scopes.ts';
import { asksForToken, type Config, ecsEndpoint, tracesTo } from './config/index.ts';
import { KeyedWrites } from './ecs/consistency/idempotency-keys.ts';
import { realTimers, type Timers } from './ecs/core/timers.ts';
import { findOwner } from './ecs/find-owner.ts';
import { ServerClock } from './ecs/sdk/aws-clock.ts';
import { openHistory } from './history/open-history.ts';
import { createListener } from './http/listener.ts';
import { GRAPHQL_PATH } from './http/plugins/http-plugin.ts';
import { closeServer, createHttpServer, listen } from './http/server.ts';
import { openAssets } from './http/static/assets.ts';
import { openWebSocketsOnDemand } from './http/websocket/lazy-server.ts';
import { createHttp } from './http/yoga.ts';
import type { EcsEventSource } from './inventory/core/event-source.ts';
import type { Inventory } from './inventory/inventory.ts';
import { createSizeReader } from './live/core/read-fleet-sizes.ts';
import { createLog } from './observe/log.ts';
import { Metrics } from './observe/metrics.ts';
import { createOrigins } from './pipeline/admission/allowed-origins.ts';
import { addressKeyOf } from './pipeline/admission/caller-key.ts';
import { countRefused } from './pipeline/admission/count-refused.ts';
import { createPrepare } from './pipeline/admission/prepare-document.ts';
import { createContractHints } from './pipeline/contract-hints.ts';
import { createInFlight } from './pipeline/core/in-flight.ts';
import type { OnUnauthenticated } from './pipeline/core/request-context.ts';
import { countDeprecatedUse } from './pipeline/deprecated-use.ts';
import { createAutomaticDocuments } from './pipeline/documents/automatic-documents.ts';
import { createResolveDocument } from './pipeline/documents/resolve-document.ts';
import { markIntrospection } from './pipeline/introspection.ts';
import { createOperations } from './pipeline/run-operation.ts';
import { traceOperations } from './pipeline/trace-operations.ts';
import type { AuditLog } from './policy/audit-log.ts';
import type { Place } from './policy/model/resource.ts';
import type { Policies } from './policy/policies.ts';
import { RefusedCallers } from './policy/refused-callers.ts';
import { toDenialEntry } from './schema/access/audit.ts';
import { decidingMembers } from './schema/access/deciding-members.ts';
import { createContext, type GraphContext, type GraphServices } from './schema/core/context.ts';
import { disposeLive, disposeUpstreams } from './schema/core/scopes.ts';
import { ALL_KINDS } from './schema/core/secrets.ts';
import { guardSchema } from './schema/guard/guard-schema.ts';
import { createSchema } from './schema/index.ts';
import { routeSchema } from './schema/scopes/route-schema.ts';
import { createFillingFor, createSizes, createUnheldShare, readAllSizes } from './schema/scopes/scope-sizes.ts';
import type { Replicas } from './shared/replicas.ts';
import { createTurns, type Turns } from './turns/turns.ts';
import { VERSION } from './version.ts';

/** A gateway. */
export interface App {
  /** Answers a request without a socket, along the same path as a request over a socket. */
  fetch(request: Request): Promise<Response>;
  /** Listens on the configured host and port. `/graphql` is below the returned `url`. */
  listen(): Promise<{ url: string }>;
  /** Reloads the token files; false if one was refused. Absent if there is no such file. */
  readonly reload?: () => Promise<boolean>;
  /** Logs a rejection that nothing handles: a fault of this program, for which no other caller should pay. */
  unhandled(reason: unknown): void;
  /** Fails /readyz, waits for running operations, ends subscriptions, and closes the server. */
  dispose(): Promise<void>;
}

/** Parts that a test may replace. */
export interface Overrides {
  readonly log?: Logger;
  readonly schema?: GraphQLSchema;
  readonly openAssets?: typeof openAssets;
  /** Clock for resolving writes whose answer was lost, and for expiring idempotency keys. */
  readonly timers?: Timers;
  /** Time for a command to Redis: a test on a busy machine gives more than a request may wait. */
  readonly redisTimeoutMs?: number;
  /** How work shares the event loop. */
  readonly turns?: Turns;
  /** Takes the spans instead of a collector. */
  readonly spanExporter?: SpanExporter;
  /** Bring events of ECS, beside the configured sources. */
  readonly eventSources?: readonly EcsEventSource[];
  /** Receives the inventory, so that a test can wait until it is settled. */
  readonly onInventory?: (inventory: Inventory) => void;
}

/** Composes the gateway: creates every object that lives as long as the process and passes it on. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const isTracing = tracesTo(config) || overrides.spanExporter !== undefined;
  const log = overrides.log ?? createLog({ ...config, isTracing });
  const telemetry = isTracing
    ? (await import('./observe/telemetry.ts')).startTelemetry(config, VERSION, log, overrides.spanExporter)
    : undefined;
  const full = overrides.schema ?? createSchema();
  const contract = config.schema === 'core' ? (await import('./schema/contracts/core-schema.ts')).coreOf(full) : full;
  const schema = config.federation ? (await import('./schema/federation/federate.ts')).federate(contract) : contract;
  const hints = createContractHints(full, schema);
  const metrics = config.metrics ? new Metrics() : undefined;
  const audit = openAudit(config, log, overrides.timers);
  const strangers = audit && new RefusedCallers((entry) => audit.record(entry), overrides.timers);
  const onUnauthenticated: OnUnauthenticated | undefined =
    strangers && (({ address, requestId }) => strangers.add(addressKeyOf(address), requestId));
  const { policies, files: policyFiles } = await openPolicy(config, log, () => ownerOf(services, config));
  const replicas = await openReplicas(config, log, overrides.redisTimeoutMs);
  const isDegraded = () => replicas?.store.isAway === true;
  const timers = overrides.timers ?? realTimers();
  const inventory = openInventory(config, { hasSources: overrides.eventSources !== undefined, timers, log });
  const turns = overrides.turns ?? createTurns();
  const services = await createServices(config, log, { metrics, policies, audit, inventory, replicas, timers, turns });
  if (policies !== undefined) guardSchema(schema);
  // Outside the guard, so that policies decide in the scope of each field.
  routeSchema(schema, services.scopes.isConfigured);

  const inFlight = createInFlight();
  const prepareQuietly = hints.prepare(createPrepare(schema, config));
  const prepare = countRefused(prepareQuietly, metrics);
  const manifests = await openManifests(config, prepareQuietly, log);
  const resolveDocument = createResolveDocument({
    automatic: createAutomaticDocuments(prepare, config.apqCache),
    trusted: manifests.trusted,
    trustedOnlyRoles: config.trustedOnlyRoles,
    onRefused: (error, caller) => {
      metrics?.operation('unknown', String(error.extensions.code), 0);
      const entry = toDenialEntry(caller, error);
      if (entry !== undefined) audit?.record(entry);
    },
  });
  const authentication = await openAccess(config, log);
  const { authenticate } = authentication;
  const { callerLimits, files: limitFiles } = await openLimits(config, log, countsOf(replicas, timers));
  const events = await openEvents(config, {
    region: services.upstream.scope.region,
    trusts: createTrusts(
      services.scopes,
      ({ services: { upstream, describer } }) => findOwner(upstream, describer, config.queryDeadline),
      timers,
    ),
    timers,
    now: () => services.upstream.clock.now(),
    log,
  });
  if (inventory !== undefined) overrides.onInventory?.(inventory);
  inventory?.start([...shareEvents(events.sources, replicas?.events(), timers), ...(overrides.eventSources ?? [])]);
  const files = [...authentication.files, ...policyFiles, ...manifests.files, ...limitFiles, ...events.files];
  const hasToken = asksForToken(config);
  const origins = createOrigins({ asksForToken: hasToken, allowedOrigins: config.allowedOrigins });
  const writing = { turns, most: config.maxResponse };
  const run = createOperations({
    schema,
    settings: config,
    inFlight,
    writing,
    log,
    createContext: (request) => {
      const create = () => createContext(request, services);
      // A request sees every write that any replica has answered before.
      const waits = [policies?.place(), replicas?.log.current()].filter((wait) => wait instanceof Promise);
      return waits.length > 0 ? Promise.all(waits).then(create) : create();
    },
    onError:
      audit &&
      ((caller, error) => {
        const entry = toDenialEntry(caller, error);
        if (entry !== undefined) audit.record(entry);
      }),
    audited: audit && (() => audit.settled()),
    onPolicyChange: policies && ((listener) => policies.onChange(listener)),
    extensionsOf: (context) => ({
      ...extensionsOf(context),
      ...(isDegraded() && { degraded: DEGRADED }),
    }),
    observer: metrics,
    callerLimits,
    knownSizes: createSizes(services.scopes),
    heldFleet: inventory && {
      unheldShare: createUnheldShare(services.scopes),
      unheldOnceFilled: createUnheldShare(services.scopes, true),
      fillingForMs: createFillingFor(services.scopes),
      decidingMembers: (principal, kind, reads) =>
        policies === undefined ? [] : decidingMembers(policies, principal, kind, reads.has('viewerActions')),
    },
    readSizes: readAllSizes(services.scopes, ({ upstream, describer }) =>
      createSizeReader(upstream, describer, timers, config.queryDeadline),
    ),
  });
  const marked = markIntrospection(hints.operations(countDeprecatedUse(run, schema, metrics)));
  const operations = telemetry === undefined ? marked : traceOperations(marked, config);

  const mcp = openMcp(config, { schema, prepare, resolveDocument, operations });
  let disposed: Promise<void> | undefined;
  const http = createHttp({
    prepare,
    resolveDocument,
    operations,
    authenticate,
    onUnauthenticated,
    origins,
    health: {
      degraded: () => (isDegraded() ? DEGRADED : []),
      notReady: () => {
        if (disposed !== undefined) return 'draining';
        return audit?.isFailing === true ? 'the audit log cannot be written' : undefined;
      },
    },
    graphiql: config.graphiql ? { openAssets: overrides.openAssets ?? openAssets, hasToken } : undefined,
    dashboard: config.dashboard ? (overrides.openAssets ?? openAssets) : undefined,
    metrics,
    mcp,
    events: events.deliveries,
    mayReadMetrics: policies && ((principal) => policies.mayInRegion(principal, 'ReadMetrics')),
    basePath: config.basePath,
    allowedOrigins: config.allowedOrigins,
    maxBody: config.maxBody,
    maxBatch: config.maxBatch,
    writing,
    log,
  });
  const webSockets = openWebSocketsOnDemand({
    path: GRAPHQL_PATH,
    settings: config,
    prepare,
    resolveDocument,
    operations,
    authenticate,
    onUnauthenticated,
    origins,
    writing,
    accepting: () => inFlight.accepting,
    openSocket: callerLimits && ((principal, sockets) => callerLimits.openSocket(principal, sockets)),
    log,
  });
  metrics?.connect({
    version: VERSION,
    hasScopes: services.scopes.isConfigured,
    scopes: () =>
      services.scopes.entries.flatMap(({ alias, scope, opened }) => (opened ? [{ alias, scope, ...opened }] : [])),
    inFlight,
    webSockets,
    files,
    policyErrors: policies?.errors,
    eventSources: events.sources,
    inventory,
    keysAge: authentication.keysAge,
    replicas: replicas?.store,
  });
  const server = createHttpServer({
    handle: createListener({ http, inFlight, compression: config.compression, fastPaths: config.fastPaths, log }),
    webSockets,
    basePath: config.basePath,
    settings: config,
  });

  return {
    fetch: async (request) => http.fetch(request),
    listen: async () => ({ url: `${await listen(server, config.host, config.port)}${config.basePath}` }),
    unhandled: (reason) => log.error({ err: reason }, 'a rejected promise was not handled: please report this fault'),
    ...((files.length > 0 || audit !== undefined) && {
      reload: async () => {
        audit?.reopen();
        return (await Promise.all(files.map((file) => file.reload()))).every((isTaken) => isTaken);
      },
    }),
    // A second call waits for the same shutdown.
    dispose: () => {
      disposed ??= dispose();
      return disposed;
    },
  };

  async function dispose(): Promise<void> {
    if (server.listening) await delay(config.shutdownDelay);
    await inFlight.drain(config.shutdownGrace);
    // Sockets close first, so that no client receives "complete" for its subscriptions: clients reconnect for the rest.
    await webSockets.close();
    disposeLive(services.scopes);
    await inventory?.close();
    // Streams that ended just now write their end before their connections close.
    await nextTurn();
    await closeServer(server);
    await http.dispose();
    disposeUpstreams(services.scopes);
    metrics?.dispose();
    for (const file of files) file.close();
    strangers?.close();
    await services.history?.close();
    await replicas?.close();
    await audit?.close();
    await telemetry?.shutdown();
  }
}

/** Names of services, such as Redis, that are unavailable while the gateway works without them. */
const DEGRADED = ['redis'];

async function ownerOf({ upstream, describer }: GraphServices, { queryDeadline }: Config): Promise<Place> {
  return { ...(await findOwner(upstream, describer, queryDeadline)), region: upstream.scope.region };
}

interface ServiceParts {
  readonly metrics: Metrics | undefined;
  readonly policies: Policies | undefined;
  readonly audit: AuditLog | undefined;
  readonly inventory: Inventory | undefined;
  readonly replicas: Replicas | undefined;
  readonly timers: Timers;
  readonly turns: Turns;
}

/** The ECS services that all requests share. */
async function createServices(
  config: Config,
  log: Logger,
  { metrics, policies, audit, inventory, replicas, timers, turns }: ServiceParts,
): Promise<GraphServices> {
  const clock = new ServerClock();
  const history = await openHistory(config, {
    timers,
    now: () => clock.now(),
    onFailure: (error) => log.error({ err: error }, 'the history cannot be written'),
  }).catch((error: unknown) => {
    throw problems(error, '--history (HISTORY)');
  });
  const scopes = await openScopes(config, { log, timers, turns, metrics, history, inventory, clock, replicas });
  return {
    ...scopes.standard.services,
    scopes,
    ...(scopes.isConfigured && { scope: scopes.standard }),
    keyedWrites: new KeyedWrites(createIdempotencyStore(config, replicas, timers), () => clock.now()),
    changeTurns: createChangeTurns(config, replicas, timers),
    readDeadlineMs: config.queryDeadline,
    writeDeadlineMs: config.mutationDeadline,
    exposedSecrets: new Set(config.exposeSecrets ? ALL_KINDS : config.exposeKinds),
    history,
    policies,
    audit,
    maxClusters: config.maxClusters,
    server: { version: VERSION, isAws: ecsEndpoint(config) === undefined, limits: config },
  };
}

/**
 * Extensions of a response: its upstream cost, the kinds of values that were masked and what shows them, enum values
 * that the schema does not know, and whether a mutation was replayed by its idempotency key.
 */
function extensionsOf(context: GraphContext): Record<string, unknown> {
  const { hiddenSecrets, services, unrecognizedValues, writes } = context;
  const isByPolicy = services.policies?.restrictsReads === true;
  return {
    ecs: context.cost(),
    ...(hiddenSecrets.length > 0 && {
      masked: { kinds: hiddenSecrets, shownBy: isByPolicy ? 'ReadSecrets' : 'EXPOSE_SECRETS' },
    }),
    ...(unrecognizedValues.length > 0 && { unrecognizedValues }),
    ...(writes.replayed && { replayed: true }),
  };
}
