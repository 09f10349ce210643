/** One line of Prometheus's text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const COMMENT = /^# (?:HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy;

/** Reads the text format, and throws at what is not of it. */
export function readMetrics(text: string): { samples: Sample[]; types: Map<string, string> } {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n').filter((candidate) => candidate !== '')) {
    if (line.startsWith('#')) {
      const [, name, rest] = COMMENT.exec(line) ?? [];
      if (name === undefined || rest === undefined) throw new Error(`no comment: ${line}`);
      if (line.startsWith('# TYPE')) types.set(name, rest);
      continue;
    }
    const [, name, labelText = '', number] = SAMPLE.exec(line) ?? [];
    if (name === undefined || number === undefined) throw new Error(`no sample: ${line}`);
    const labels = [...labelText.matchAll(LABEL)];
    if (labels.map(([whole]) => whole).join('') !== labelText) throw new Error(`no labels: ${line}`);
    const value = number === '+Inf' ? Number.POSITIVE_INFINITY : Number(number);
    // Prometheus reads numbers as Go does, in any case; prom-client writes Nan.
    if (Number.isNaN(value) && !/^nan$/i.test(number)) throw new Error(`no number: ${line}`);
    samples.push({ name, labels: Object.fromEntries(labels.map(([, key, of]) => [key, of])), value });
  }
  return { samples, types };
}

/** The sum of the samples of this name with these labels. */
export function total(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels);
  return samples
    .filter((sample) => sample.name === name && wanted.every(([key, value]) => sample.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
