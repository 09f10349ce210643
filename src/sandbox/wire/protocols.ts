import type { IncomingHttpHeaders } from 'node:http';
import { cbor } from '@smithy/core/cbor';
import type { EcsError } from '../checks/ecs-errors.ts';
import { element } from './xml.ts';

/** The parts of an answer that differ between protocols. */
export interface ProtocolAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

/** The protocol of another AWS service. */
export type Protocol = 'json' | 'restJson' | 'restXml' | 's3' | 'query' | 'ec2Query' | 'cbor';

/** The services that answer other requests than forms in XML. */
const REST_XML: ReadonlySet<string> = new Set(['cloudfront', 'route53', 's3-control', 's3-outposts']);
const S3: ReadonlySet<string> = new Set(['s3', 's3express']);

/** A request to another service, as far as the request identifies itself. */
export interface ForeignRequest {
  readonly protocol: Protocol;
  /** From the signature; empty without one. */
  readonly service: string;
  readonly operation: string;
  /** Form parameters from the body or the query string. */
  readonly form: Readonly<Record<string, string>>;
}

/** The form parameters of a request, if it has any. */
function formOf(headers: IncomingHttpHeaders, url: string, body: string): Record<string, string> | undefined {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const parameters = new URLSearchParams(isForm ? body : (url.split('?')[1] ?? ''));
  return parameters.has('Action') ? Object.fromEntries(parameters) : undefined;
}

/** The protocol of a request to another service; undefined if it may be for ECS. */
export function readForeign(
  headers: IncomingHttpHeaders,
  url: string,
  service: string,
  body: string,
): ForeignRequest | undefined {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    return { protocol: 'json', service, operation: target.split('.').pop() ?? '', form: {} };
  }
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') {
    return { protocol: 'cbor', service, operation: url.split('/').pop() ?? '', form: {} };
  }
  const form = formOf(headers, url, body);
  if (form !== undefined) {
    return { protocol: service === 'ec2' ? 'ec2Query' : 'query', service, operation: form.Action ?? '', form };
  }
  if (service === '' || service === 'ecs') return undefined;
  const protocol = S3.has(service) ? 's3' : REST_XML.has(service) ? 'restXml' : 'restJson';
  return { protocol, service, operation: '', form: {} };
}

const XML = { 'content-type': 'text/xml' };

function inXml(status: number, text: string): ProtocolAnswer {
  return { status, headers: XML, body: `<?xml version="1.0" encoding="UTF-8"?>\n${text}\n` };
}

function inNamespace(text: string, namespace: string): string {
  return text.replace('>', ` xmlns="${namespace}">`);
}

/** An error in the form in which the SDKs read it from a service of that protocol. */
export function errorIn(
  protocol: Protocol,
  { code, message, status, details }: EcsError,
  id: string,
  namespace?: string,
): ProtocolAnswer {
  const sender = status < 500 ? 'Sender' : 'Receiver';
  const error = { Type: sender, Code: code, Message: message };
  if (protocol === 'query' || protocol === 'restXml') {
    const text = element('ErrorResponse', { Error: error, RequestId: id });
    return inXml(status, namespace === undefined ? text : inNamespace(text, namespace));
  }
  if (protocol === 'ec2Query') {
    return inXml(status, element('Response', { Errors: { Error: { Code: code, Message: message } }, RequestID: id }));
  }
  if (protocol === 's3') return inXml(status, element('Error', { Code: code, Message: message, RequestId: id }));
  if (protocol === 'cbor') {
    const headers = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };
    return { status, headers, body: cbor.serialize({ __type: code, message }) };
  }
  const headers = {
    'x-amzn-errortype': code,
    ...(protocol === 'restJson' ? { 'content-type': 'application/json' } : {}),
  };
  return { status, headers, body: JSON.stringify({ __type: code, message, ...details }) };
}

/** The answer of an operation in the query protocol. */
export function queryAnswer(operation: string, namespace: string, result: object, id: string): ProtocolAnswer {
  const text = element(`${operation}Response`, { [`${operation}Result`]: result, ResponseMetadata: { RequestId: id } });
  return inXml(200, inNamespace(text, namespace));
}
