import type { SpanContext } from '@opentelemetry/api';
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { currentSpan } from '../ecs/tracing/spans.ts';

/** Truncates caller-supplied text in a log line or an error. */
export function capped(text: string, length = 256): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** The process's logger: JSON lines or readable lines on stderr. stdout belongs to the command. */
export function createLog(
  options: { logLevel: string; logFormat: 'json' | 'text'; isTracing?: boolean },
  target?: DestinationStream,
): Logger {
  const stderr = target ?? destination({ dest: 2, sync: true });
  return pino(
    {
      level: options.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      ...(options.isTracing === true && { mixin: idsOfLine }),
      formatters: { level: (level) => ({ level }) },
    },
    options.logFormat === 'text' ? { write: (line) => stderr.write(toText(line)) } : stderr,
  );
}

/** The ids of the span in which a line is written, unless its logger has those of another one. */
function idsOfLine(_line: object, _level: number, log: Logger): object {
  return 'trace_id' in log.bindings() ? {} : traceIds(currentSpan());
}

/** The ids of a span as log lines have them. */
export function traceIds(span: SpanContext | undefined): object {
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}

function toText(line: string): string {
  const { level, time, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const name = String(level).toUpperCase().padEnd(5);
  const pairs = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? oneWord(value) : JSON.stringify(value)}`,
  );
  const stack = err === undefined ? '' : `\n${String((err as { stack?: unknown }).stack ?? JSON.stringify(err))}`;
  return `${String(time).slice(11, 23)} ${name} ${[String(msg ?? ''), ...pairs].join(' ')}${stack}\n`;
}

function oneWord(value: string): string {
  return /^[\w.:/@-]+$/.test(value) ? value : JSON.stringify(value);
}
