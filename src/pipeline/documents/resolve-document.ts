import { GraphQLError } from 'graphql';
import type { Principal } from '../../auth/principal.ts';
import { requestError } from '../core/public-errors.ts';
import type { Caller } from '../core/request-context.ts';
import type { AutomaticDocuments } from './automatic-documents.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

/** The document parameters of a request, on any transport. */
export interface DocumentParams {
  readonly query?: unknown;
  readonly extensions?: unknown;
  /** The id of a trusted document, by GraphQL over HTTP. */
  readonly documentId?: unknown;
  /** The same, as networks of Relay send it. */
  readonly id?: unknown;
  readonly doc_id?: unknown;
}

/**
 * Finds the text of a request: by an id of a manifest, or by the hash of an automatic persisted query. It refuses texts
 * that the caller may not send.
 * @returns the text; an error to answer with; or undefined if the request's `query` is used as it is
 */
export type ResolveDocument = (
  params: DocumentParams,
  caller: Pick<Caller, 'requestId' | 'principal'>,
) => string | GraphQLError | undefined;

export interface DocumentRules {
  readonly automatic: AutomaticDocuments;
  /** The documents of all manifests; undefined without `TRUSTED_DOCUMENTS`. */
  readonly trusted: TrustedDocuments | undefined;
  /** Roles that run only trusted documents; `*` means every caller. */
  readonly trustedOnlyRoles: readonly string[];
  /** Called with each refusal of a document that is not trusted. */
  readonly onRefused?: (error: GraphQLError, caller: Pick<Caller, 'requestId' | 'principal'>) => void;
}

/** The parameters that name a document by an id of a manifest. */
export const ID_PARAMETERS = ['documentId', 'id', 'doc_id'] as const;

const EVERYBODY = '*';

/** The one place where every transport turns parameters into the text of a document. */
export function createResolveDocument(rules: DocumentRules): ResolveDocument {
  const { automatic, trusted, trustedOnlyRoles } = rules;

  return (params, caller) => {
    const answer = resolve(params, caller.principal);
    if (answer instanceof GraphQLError) rules.onRefused?.(answer, caller);
    return answer;
  };

  function resolve(params: DocumentParams, principal: Principal): string | GraphQLError | undefined {
    const text = typeof params.query === 'string' && params.query !== '' ? params.query : undefined;
    const given = idIn(params);
    if (given instanceof GraphQLError && text === undefined) return given;
    // Networks of Relay number the operations of a batch by `id`, beside their texts.
    const id = given instanceof GraphQLError ? undefined : given;
    const hash = hashIn(params.extensions);
    const strictBy = strictRoleOf(principal, trustedOnlyRoles);
    const named = id ?? (typeof hash === 'string' ? hash : undefined);
    const stored = named === undefined ? undefined : trusted?.find(named);
    if (stored !== undefined && named !== undefined) return storedFor(stored, text, named);
    if (strictBy !== undefined) {
      if (text === undefined) return named === undefined ? undefined : notListed(named);
      return trusted?.match(text) ?? notTrusted(strictBy);
    }
    if (id !== undefined && text === undefined) return trusted === undefined ? noManifest() : notListed(id);
    return hash === undefined ? undefined : automatic(hash, text);
  }

  /** A text beside an id has to be that of the id: the id must not cover for another operation. */
  function storedFor(stored: string, text: string | undefined, id: string): string | GraphQLError {
    if (text === undefined || text === stored || trusted?.match(text) === stored) return stored;
    return requestError('BAD_REQUEST', `The query is not the document "${id}" of the manifest; send one of the two.`);
  }
}

/** The role by which a caller runs only trusted documents; undefined if it may send any text. */
function strictRoleOf({ roles = [] }: Principal, trustedOnlyRoles: readonly string[]): string | undefined {
  if (trustedOnlyRoles.includes(EVERYBODY)) return EVERYBODY;
  return roles.find((role) => trustedOnlyRoles.includes(role));
}

function idIn(params: DocumentParams): string | GraphQLError | undefined {
  const given = ID_PARAMETERS.filter((name) => params[name] !== undefined && params[name] !== null);
  const [first] = given;
  if (first === undefined) return undefined;
  if (given.length > 1) return requestError('BAD_REQUEST', `Name the document once, not by ${given.join(' and ')}.`);
  const id = params[first];
  if (typeof id === 'string' && id !== '' && id.length <= MOST_ID) return id;
  return requestError('BAD_REQUEST', `"${first}" must be a string of 1 to ${MOST_ID} characters.`);
}

const MOST_ID = 207;

function hashIn(extensions: unknown): unknown {
  const { persistedQuery } = (extensions ?? {}) as { readonly persistedQuery?: unknown };
  return ((persistedQuery ?? {}) as { readonly sha256Hash?: unknown }).sha256Hash;
}

const CHECK = '`ecs-graphql documents check` validates a manifest.';

function notListed(id: string): GraphQLError {
  const message = `No manifest of this server (TRUSTED_DOCUMENTS) lists the document "${id}". Deploy the manifest of the build that sends it. ${CHECK}`;
  return requestError('DOCUMENT_NOT_FOUND', message);
}

function noManifest(): GraphQLError {
  return requestError(
    'DOCUMENT_NOT_FOUND',
    'This server has no manifest of documents (TRUSTED_DOCUMENTS): send a query.',
  );
}

function notTrusted(role: string): GraphQLError {
  const who = role === EVERYBODY ? 'Callers' : `Callers with the role "${role}"`;
  const message = `${who} run only the operations of a manifest (TRUSTED_ONLY_ROLES), and no manifest lists this one. Add it to a manifest of TRUSTED_DOCUMENTS. ${CHECK}`;
  return requestError('DOCUMENT_NOT_TRUSTED', message);
}
